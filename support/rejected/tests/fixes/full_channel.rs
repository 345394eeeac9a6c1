use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::scope(|scope| {
        scope.spawn(move || receiver.iter().for_each(|value| println!("{value}")));
        for value in 0..3 {
            sender.send(value).unwrap(); // waits for capacity; try_send does not
        }
        drop(sender);
    });
}

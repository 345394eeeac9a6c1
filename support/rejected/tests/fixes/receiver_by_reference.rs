use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::channel();
    sender.send(1).unwrap();
    thread::scope(|scope| {
        scope.spawn(move || println!("{:?}", receiver.recv())); // moves into one thread
    });
}

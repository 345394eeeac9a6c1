use std::sync::mpsc;
use std::time::Duration;

fn main() {
    let (sender, receiver) = mpsc::channel::<u32>();
    let value = receiver.recv_timeout(Duration::from_millis(10)).unwrap();
    println!("{value}");
    drop(sender);
}

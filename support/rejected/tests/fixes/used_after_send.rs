use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::channel();
    let worker = thread::spawn(move || {
        let received: Vec<u8> = receiver.recv().unwrap();
        (received.len(), received) // gives them back
    });
    let bytes = vec![1, 2, 3];
    sender.send(bytes).unwrap();
    let (length, bytes) = worker.join().unwrap();
    println!("{length} bytes, the first is {}", bytes[0]);
}

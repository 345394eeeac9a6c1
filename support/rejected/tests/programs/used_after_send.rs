use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::channel();
    let worker = thread::spawn(move || {
        let received: Vec<u8> = receiver.recv().unwrap();
        received.len()
    });
    let bytes = vec![1, 2, 3];
    sender.send(bytes).unwrap();
    println!("{} bytes", bytes.len());
    worker.join().unwrap();
}

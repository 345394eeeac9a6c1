use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

fn main() {
    let (sender, receiver) = mpsc::channel::<u32>();
    let producer = thread::spawn(move || sender.send(7).unwrap());
    loop {
        match receiver.recv_timeout(Duration::from_millis(10)) {
            Ok(value) => println!("{value}"),
            Err(RecvTimeoutError::Timeout) => println!("still waiting"), // a sender is alive
            Err(RecvTimeoutError::Disconnected) => break,                // no sender: the end
        }
    }
    producer.join().unwrap();
}

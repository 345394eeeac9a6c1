use std::sync::mpsc;

fn main() {
    let (sender, receiver) = mpsc::channel();
    drop(receiver);
    sender.send(1).unwrap();
}

use std::sync::mpsc;

fn main() {
    let (sender, receiver) = mpsc::sync_channel(1);
    sender.try_send(1).unwrap();
    sender.try_send(2).unwrap();
    drop(receiver);
}

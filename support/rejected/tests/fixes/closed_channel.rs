use std::sync::mpsc;

fn main() {
    let (sender, receiver) = mpsc::channel();
    drop(receiver);
    if sender.send(1).is_err() {
        println!("the receiver has gone: stop producing");
    }
}

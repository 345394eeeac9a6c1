use std::sync::mpsc;

fn main() {
    let (sender, receiver) = mpsc::channel::<u32>();
    drop(sender);
    println!("{}", receiver.recv().unwrap());
}

use std::sync::mpsc;

fn main() {
    let (sender, receiver) = mpsc::channel::<u32>();
    drop(sender);
    for value in receiver {
        println!("{value}");
    } // ends when the last sender has gone
    println!("done");
}

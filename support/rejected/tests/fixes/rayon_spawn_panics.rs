use std::panic::catch_unwind;
use std::sync::mpsc;

fn main() {
    let (sender, receiver) = mpsc::channel();
    rayon::spawn(move || {
        let row: Option<u32> = None;
        let result = catch_unwind(|| row.expect("no such row")); // a panic is an error now
        sender.send(result.map_err(|_| "the job panicked")).unwrap();
    });
    println!("{:?}", receiver.recv());
}

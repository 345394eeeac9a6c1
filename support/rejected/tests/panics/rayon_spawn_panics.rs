use std::sync::mpsc;

fn main() {
    let (sender, receiver) = mpsc::channel();
    let theirs = sender.clone();
    rayon::spawn(move || {
        let row: Option<u32> = None;
        theirs.send(row.expect("no such row")).unwrap();
    });
    println!("{:?}", receiver.recv());
    drop(sender);
}

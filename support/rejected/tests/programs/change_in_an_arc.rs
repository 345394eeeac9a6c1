use std::sync::Arc;
use std::thread;

fn main() {
    let names = Arc::new(Vec::new());
    let theirs = Arc::clone(&names);
    thread::spawn(move || theirs.push("one")).join().unwrap();
    println!("{}", names.len());
}

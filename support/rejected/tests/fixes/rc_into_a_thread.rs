use std::sync::Arc;
use std::thread;

fn main() {
    let names = Arc::new(vec!["one", "two"]);
    let theirs = Arc::clone(&names);
    let thread = thread::spawn(move || println!("{}", theirs.len()));
    thread.join().unwrap();
    println!("{}", names.len());
}

use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let total = Arc::new(Mutex::new(0));
    let theirs = Arc::clone(&total);
    let thread = thread::spawn(move || *theirs.lock().unwrap() += 1);
    thread.join().unwrap();
    println!("{}", total.lock().unwrap());
}

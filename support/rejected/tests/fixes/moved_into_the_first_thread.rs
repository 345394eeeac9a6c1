use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let total = Arc::new(Mutex::new(0));
    let threads = [1, 2].map(|amount| {
        let total = Arc::clone(&total); // a handle for this thread
        thread::spawn(move || *total.lock().unwrap() += amount)
    });
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{}", total.lock().unwrap());
}

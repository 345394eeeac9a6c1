use std::sync::Mutex;
use std::thread;

fn main() {
    let total = Mutex::new(0);
    let one = thread::spawn(move || *total.lock().unwrap() += 1);
    let other = thread::spawn(move || *total.lock().unwrap() += 1);
    one.join().unwrap();
    other.join().unwrap();
}

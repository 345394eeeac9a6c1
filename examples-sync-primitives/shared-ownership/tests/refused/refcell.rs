use std::cell::RefCell;
use std::sync::Arc;
use std::thread;

fn main() {
    let names = Arc::new(RefCell::new(vec!["Ann", "Bob"]));
    let theirs = Arc::clone(&names);
    let other = thread::spawn(move || theirs.borrow_mut().push("Cat"));
    other.join().unwrap();
    println!("{names:?}");
}

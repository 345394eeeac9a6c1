use std::cell::RefCell;
use std::sync::Arc;
use std::thread;

fn main() {
    let total = Arc::new(RefCell::new(0));
    let theirs = Arc::clone(&total);
    let thread = thread::spawn(move || *theirs.borrow_mut() += 1);
    thread.join().unwrap();
    println!("{}", total.borrow());
}

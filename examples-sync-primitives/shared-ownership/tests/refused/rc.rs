use std::rc::Rc;
use std::thread;

fn main() {
    let names = Rc::new(vec!["Ann", "Bob"]);
    let theirs = Rc::clone(&names);
    let other = thread::spawn(move || println!("{theirs:?}"));
    println!("{names:?}");
    other.join().unwrap();
}

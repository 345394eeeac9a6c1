use std::rc::Rc;
use std::thread;

fn main() {
    let names = Rc::new(vec!["one", "two"]);
    let theirs = Rc::clone(&names);
    let thread = thread::spawn(move || println!("{}", theirs.len()));
    println!("{}", names.len());
    thread.join().unwrap();
}

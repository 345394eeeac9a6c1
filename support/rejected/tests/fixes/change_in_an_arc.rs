use std::sync::{Arc, Mutex};

fn main() {
    let names = Arc::new(Mutex::new(vec!["one"]));
    names.lock().unwrap().push("two");
    println!("{}", names.lock().unwrap().len());
}

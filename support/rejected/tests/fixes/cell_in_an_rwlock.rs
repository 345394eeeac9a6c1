use std::sync::RwLock;
use std::thread;

fn main() {
    let total = RwLock::new(0); // no `Cell`: a writer changes the value directly
    thread::scope(|scope| {
        scope.spawn(|| *total.write().unwrap() += 1);
    });
    println!("{}", total.read().unwrap());
}

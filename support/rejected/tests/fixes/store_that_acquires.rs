use std::sync::atomic::{AtomicBool, Ordering};

fn main() {
    let ready = AtomicBool::new(false);
    ready.store(true, Ordering::Release); // a store releases
    println!("{}", ready.load(Ordering::Acquire));
}

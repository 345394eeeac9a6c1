use std::sync::atomic::{AtomicBool, Ordering};

fn main() {
    let ready = AtomicBool::new(true);
    println!("{}", ready.load(Ordering::Acquire)); // a load acquires
}

use std::sync::atomic::{AtomicBool, Ordering};

fn main() {
    let ready = AtomicBool::new(false);
    println!("{}", ready.load(Ordering::AcqRel));
}

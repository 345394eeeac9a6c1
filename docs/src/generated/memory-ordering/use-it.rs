use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

static DATA: AtomicU64 = AtomicU64::new(0);
static READY: AtomicBool = AtomicBool::new(false);

fn main() {
    thread::spawn(|| {
        DATA.store(42, Ordering::Relaxed);
        READY.store(true, Ordering::Release); // publishes what stands above
    });
    while !READY.load(Ordering::Acquire) {} // whoever sees it, sees that too
    assert_eq!(DATA.load(Ordering::Relaxed), 42);
}

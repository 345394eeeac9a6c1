use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;

fn main() {
    loom::model(|| {
        let ready = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&ready);
        let thread = thread::spawn(move || theirs.store(true, Ordering::Release));
        while !ready.load(Ordering::Acquire) {}
        thread.join().unwrap();
    });
}

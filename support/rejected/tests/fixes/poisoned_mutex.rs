use std::sync::{Mutex, PoisonError};
use std::thread;

fn main() {
    let total = Mutex::new(0);
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let _guard = total.lock().unwrap();
            panic!("while the lock is held");
        });
        let _ = thread.join();
    });
    // Only if the value is good even when its last change was interrupted.
    let total = total.lock().unwrap_or_else(PoisonError::into_inner);
    println!("{total}");
}

//! A trap of the page, in a child process, where it may hang.

use std::sync::{Condvar, Mutex};

#[test]
fn who_waits_after_the_notify_hangs() {
    testing::watchdog::assert_hangs("traps::who_waits_after_the_notify_hangs", "waits", || {
        let (nothing, changed) = (Mutex::new(()), Condvar::new());
        changed.notify_all();
        let mut guard = nothing.lock().unwrap();
        println!("waits");
        loop {
            guard = changed.wait(guard).unwrap(); // again, if it was for nothing
        }
    });
}

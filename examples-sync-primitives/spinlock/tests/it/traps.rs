//! The traps of the page.

use spinlock::SpinLock;

#[test]
// ANCHOR: twice
fn a_second_lock_in_the_same_thread_waits_for_the_first() {
    let lock = SpinLock::new(0);
    let _guard = lock.lock();
    // Wrong: lock.lock() waits for its own thread, forever and at full speed.
    // Right: unlock first, or ask with try_lock:
    assert!(lock.try_lock().is_none());
}
// ANCHOR_END: twice

//! The traps of the page, as facts.

use spinlock::SpinLock;

#[test]
// ANCHOR: twice
fn a_second_lock_in_the_same_thread_waits_for_the_first() {
    let lock = SpinLock::new(0);
    let _guard = lock.lock();
    // lock.lock() would wait for this very thread, for ever and at full speed. try_lock says so:
    assert!(lock.try_lock().is_none());
}
// ANCHOR_END: twice

//! The traps of the page, as facts.

use spinlock::SpinLock;
use std::thread;

#[test]
// ANCHOR: twice
fn a_second_lock_in_the_same_thread_waits_for_the_first() {
    let lock = SpinLock::new(0);
    let _guard = lock.lock();
    // lock.lock() would wait for this very thread, for ever and at full speed. try_lock says so:
    assert!(lock.try_lock().is_none());
}
// ANCHOR_END: twice

#[test]
// ANCHOR: holder
fn what_the_holder_waits_for_every_waiter_pays() {
    let lock = SpinLock::new(());
    let guard = lock.lock(); // this thread now waits: for a file, an answer, its turn on a core
    thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let mut looks = 0_u64;
            while lock.try_lock().is_none() && looks < 1_000_000 {
                looks += 1; // what lock() does: a million times for nothing, and no end in sight
            }
            looks
        });
        assert!(waiter.join().is_ok_and(|looks| looks == 1_000_000));
    });
    drop(guard);
}
// ANCHOR_END: holder

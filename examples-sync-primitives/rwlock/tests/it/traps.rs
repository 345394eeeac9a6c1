//! The traps of the page, with std's RwLock.
#![expect(clippy::unwrap_used, reason = "the traps as people write them")]

use std::collections::HashMap;
use std::sync::{Arc, RwLock, TryLockError};
use std::thread;

// ANCHOR: read-twice
/// Wrong: two read locks in one thread, and a writer that arrives in between.
#[cfg(target_os = "linux")]
fn read_twice() {
    let lock = RwLock::new(1);
    thread::scope(|scope| {
        let first = lock.read().unwrap();
        scope.spawn(|| *lock.write().unwrap() = 2);
        while lock.try_read().is_ok() {
            thread::yield_now(); // until the writer waits
        }
        println!("reads again");
        let second = lock.read().unwrap(); // waits for the writer, which waits for `first`
        println!("{first} {second}");
    });
}
// ANCHOR_END: read-twice

#[test]
#[cfg(target_os = "linux")] // elsewhere it may hang as well, or panic: std promises neither
fn a_thread_that_reads_twice_hangs_when_a_writer_waits() {
    let test = "traps::a_thread_that_reads_twice_hangs_when_a_writer_waits";
    testing::watchdog::assert_hangs(test, "reads again", read_twice);
}

#[test]
// ANCHOR: upgrade
fn a_match_holds_the_read_lock_until_its_end() {
    let lock = RwLock::new(HashMap::from([(1, "one")]));

    match lock.read().unwrap().get(&2) {
        Some(_) => {}
        // Wrong: lock.write() would wait for this very thread, forever. try_write shows it:
        None => assert!(matches!(lock.try_write(), Err(TryLockError::WouldBlock))),
    }

    let found = lock.read().unwrap().get(&2).copied(); // right: unlocked at the semicolon
    if found.is_none() {
        lock.write().unwrap().entry(2).or_insert("two"); // checks again, then changes
    }
    assert_eq!(lock.read().unwrap()[&2], "two");
}
// ANCHOR_END: upgrade

#[test]
// ANCHOR: poison
fn a_panic_poisons_the_lock_in_a_writer_but_not_in_a_reader() {
    let lock = Arc::new(RwLock::new(0));

    let reader = Arc::clone(&lock);
    let panicked = thread::spawn(move || {
        let _guard = reader.read().unwrap();
        panic!("nothing is changed");
    });
    assert!(panicked.join().is_err());
    assert!(!lock.is_poisoned());

    let writer = Arc::clone(&lock);
    let panicked = thread::spawn(move || {
        let _guard = writer.write().unwrap();
        panic!("perhaps it is half changed");
    });
    assert!(panicked.join().is_err());
    assert!(lock.is_poisoned());
    assert!(lock.read().is_err() && lock.write().is_err());
}
// ANCHOR_END: poison

//! The traps of the page, as facts about std's RwLock.
#![expect(clippy::unwrap_used, reason = "the traps as people write them")]

use std::collections::HashMap;
use std::sync::{Arc, RwLock, TryLockError};
use std::thread;

// ANCHOR: read-twice
/// Two read locks in one thread, and a writer that comes between them.
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
        let second = lock.read().unwrap(); // waits for the writer, who waits for `first`
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
fn a_match_holds_the_read_lock_while_it_asks_for_the_write_lock() {
    let lock = RwLock::new(HashMap::from([(1, "one")]));

    match lock.read().unwrap().get(&2) {
        Some(_) => {}
        // lock.write() would wait for this very thread, for ever. try_write says so:
        None => assert!(matches!(lock.try_write(), Err(TryLockError::WouldBlock))),
    }

    let found = lock.read().unwrap().get(&2).copied(); // free again at the semicolon
    if found.is_none() {
        lock.write().unwrap().entry(2).or_insert("two"); // looks again, and then changes
    }
    assert_eq!(lock.read().unwrap()[&2], "two");
}
// ANCHOR_END: upgrade

#[test]
// ANCHOR: poison
fn a_panic_poisons_while_writing_and_not_while_reading() {
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

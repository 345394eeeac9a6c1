//! The short version, and the small programs that the page shows for each ordering.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::thread;
use testing::watchdog;

#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_short_version_passes_the_message() {
    let _limit = watchdog::limit();
    idea::main();
    assert_eq!(idea::wait_for_data(), 42);
}

#[test]
// ANCHOR: spawn-join
fn spawn_and_join_order_plain_data() {
    let mut data = 1; // happens before the spawn …
    let thread = thread::spawn(move || {
        data += 1; // … which happens before this …
        data
    });
    assert_eq!(thread.join().unwrap(), 2); // … which happens before the join returns
}
// ANCHOR_END: spawn-join

#[test]
// ANCHOR: relaxed
fn relaxed_is_enough_for_a_counter() {
    let count = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| count.fetch_add(1, Relaxed)); // no addition is lost
        }
    }); // the scope joins its threads: all additions happen before the next line
    assert_eq!(count.load(Relaxed), 4);
}
// ANCHOR_END: relaxed

#[test]
fn release_and_acquire_publish_data() {
    let _limit = watchdog::limit();
    // ANCHOR: release-acquire
    let (data, ready) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            data.store(42, Relaxed);
            ready.store(1, Release); // publishes everything above
        });
        while ready.load(Acquire) == 0 {} // once it reads the 1 …
        assert_eq!(data.load(Relaxed), 42); // … it sees the data
    });
    // ANCHOR_END: release-acquire
}

#[test]
// ANCHOR: seqcst
fn with_seqcst_at_least_one_thread_sees_the_other() {
    let (left, right) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            right.store(1, SeqCst);
            left.load(SeqCst)
        });
        left.store(1, SeqCst);
        let seen = right.load(SeqCst);
        assert!(seen + other.join().unwrap() >= 1); // with Acquire and Release both may be 0
    });
}
// ANCHOR_END: seqcst

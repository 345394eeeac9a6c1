//! The short version of the page, with several threads.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use testing::watchdog;

#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_short_version_runs() {
    let _limit = watchdog::limit();
    idea::main();
}

#[test]
fn the_short_version_loses_no_update() {
    let _limit = watchdog::limit();
    let lock = idea::SpinLock(AtomicBool::new(false), UnsafeCell::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1_000).for_each(|_| lock.with(|list| list.push(list.len()))));
        }
    });
    assert!(lock.with(|list| list.iter().copied().eq(0..4_000)));
    assert!(!lock.0.load(Ordering::Relaxed));
}

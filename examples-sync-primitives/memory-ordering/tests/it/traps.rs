//! The traps of the page, as programs.

// ANCHOR: flag
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// A stop flag protects no data: Relaxed. The join orders what the worker did.
#[test]
fn a_stop_flag_is_relaxed() {
    let (stop, mut done) = (AtomicBool::new(false), 0_u64);
    thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                done += 1; // plain data of the worker
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        stop.store(true, Ordering::Relaxed);
    });
    assert!(done > 0); // read after the join, which orders it
}

/// To publish data once, use OnceLock. It has chosen the orderings already.
#[test]
fn publishing_with_once_lock() {
    let ready = OnceLock::new();
    thread::scope(|scope| {
        scope.spawn(|| ready.set(String::from("data")));
        assert_eq!(ready.wait(), "data"); // since Rust 1.86
    });
}
// ANCHOR_END: flag

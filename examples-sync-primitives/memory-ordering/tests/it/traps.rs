//! What stands on the page, as programs.

// ANCHOR: flag
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// A stop flag guards no data: Relaxed. What the worker did is ordered by the join.
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
    assert!(done > 0); // read after the join, which orders
}

/// To publish data once, no ordering need be chosen: OnceLock has chosen.
#[test]
fn publishing_is_once_lock() {
    let ready = OnceLock::new();
    thread::scope(|scope| {
        scope.spawn(|| ready.set(String::from("data")));
        while ready.get().is_none() {
            thread::yield_now();
        }
        assert_eq!(ready.get().map(String::as_str), Some("data"));
    });
}
// ANCHOR_END: flag

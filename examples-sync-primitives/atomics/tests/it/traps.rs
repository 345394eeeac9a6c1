//! The traps of the page, as facts. Each step of the other thread stands where it hurts: between
//! two steps of ours.

use atomics::Budget;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

#[test]
// ANCHOR: two-steps
fn a_load_and_a_store_are_two_steps() {
    let hits = AtomicU64::new(0);

    let seen = hits.load(Relaxed);
    hits.fetch_add(1, Relaxed); // another thread, just now
    hits.store(seen + 1, Relaxed);
    assert_eq!(hits.load(Relaxed), 1); // two hits, and one is lost

    hits.fetch_add(1, Relaxed); // one step: nothing comes in between
    assert_eq!(hits.load(Relaxed), 2);
}
// ANCHOR_END: two-steps

#[test]
// ANCHOR: check-then-act
fn to_look_and_then_to_act_are_two_steps() {
    let (started, starts) = (AtomicBool::new(false), AtomicU32::new(0));
    let start = || starts.fetch_add(1, Relaxed);

    if !started.load(Relaxed) {
        if !started.swap(true, Relaxed) {
            start(); // another thread, just now
        }
        started.store(true, Relaxed);
        start();
    }
    assert_eq!(starts.load(Relaxed), 2); // "once", twice

    if !started.swap(true, Relaxed) {
        start(); // only for the one that changed false to true
    }
    assert_eq!(starts.load(Relaxed), 2);
}
// ANCHOR_END: check-then-act

#[test]
// ANCHOR: wrap
fn arithmetic_wraps_around_also_in_a_debug_build() {
    let left = AtomicU32::new(0);
    left.fetch_sub(1, Relaxed); // no panic, though `0 - 1` would
    assert_eq!(left.load(Relaxed), u32::MAX);

    assert!(!Budget::new(0).take(1)); // checked_sub, and an exchange only if it gave a number
}
// ANCHOR_END: wrap

#[test]
// ANCHOR: two-atomics
fn two_atomics_do_not_fit_together() {
    let (sum, count) = (AtomicU64::new(10), AtomicU64::new(1)); // one value, of 10

    sum.fetch_add(20, Relaxed);
    let average = sum.load(Relaxed) / count.load(Relaxed); // another thread, just now
    count.fetch_add(1, Relaxed);

    assert_eq!(average, 30); // of 10 and 20
}
// ANCHOR_END: two-atomics

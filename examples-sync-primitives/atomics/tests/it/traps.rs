//! The traps of the page, as facts. The other thread's step is written where it does harm:
//! between two steps of ours.

use atomics::Budget;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

#[test]
// ANCHOR: two-steps
fn a_load_and_a_store_are_two_steps() {
    let hits = AtomicU64::new(0);

    let seen = hits.load(Relaxed);
    hits.fetch_add(1, Relaxed); // what another thread does meanwhile
    hits.store(seen + 1, Relaxed);
    assert_eq!(hits.load(Relaxed), 1); // wrong: two hits, and one is lost

    hits.fetch_add(1, Relaxed); // right: one step, and nothing comes between
    assert_eq!(hits.load(Relaxed), 2);
}
// ANCHOR_END: two-steps

#[test]
// ANCHOR: check-then-act
fn to_check_and_then_to_act_are_two_steps() {
    let (started, starts) = (AtomicBool::new(false), AtomicU32::new(0));
    let start = || starts.fetch_add(1, Relaxed);

    if !started.load(Relaxed) {
        if !started.swap(true, Relaxed) {
            start(); // what another thread does meanwhile
        }
        started.store(true, Relaxed);
        start();
    }
    assert_eq!(starts.load(Relaxed), 2); // wrong: started twice

    if !started.swap(true, Relaxed) {
        start(); // right: only for the caller that changed false to true
    }
    assert_eq!(starts.load(Relaxed), 2);
}
// ANCHOR_END: check-then-act

#[test]
// ANCHOR: wrap
fn arithmetic_wraps_around_even_in_a_debug_build() {
    let left = AtomicU32::new(0);
    left.fetch_sub(1, Relaxed); // no panic, though `0 - 1` would
    assert_eq!(left.load(Relaxed), u32::MAX);

    assert!(!Budget::new(0).take(1)); // checked_sub, and no exchange if it returns None
}
// ANCHOR_END: wrap

#[test]
// ANCHOR: two-atomics
fn two_atomics_do_not_fit_together() {
    let (sum, count) = (AtomicU64::new(10), AtomicU64::new(1)); // one value, of 10

    sum.fetch_add(20, Relaxed);
    let average = sum.load(Relaxed) / count.load(Relaxed); // what another thread reads meanwhile
    count.fetch_add(1, Relaxed);

    assert_eq!(average, 30); // wrong: the average of 10 and 20 is 15
}
// ANCHOR_END: two-atomics

//! What each strength promises: each promise is a sentence and a model that loom runs in every
//! order.

use super::litmus::{COHERENCE, Cells, Litmus, MESSAGE_PASSING, STORE_BUFFERING, Strength};
// From core, so not loom's: it only records outcomes, and is no part of what is explored.
use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::sync::atomic::fence;
use std::thread;

const OUTCOMES: [[u32; 2]; 4] = [[0, 0], [0, 1], [1, 0], [1, 1]];

/// With Release and Acquire, a thread that sees the flag sees the data. SeqCst and fences do the
/// same.
pub(crate) fn a_thread_that_sees_the_flag_sees_the_data() {
    for how in [Strength::ReleaseAcquire, Strength::SeqCst, Strength::Fences] {
        never(&MESSAGE_PASSING, how);
    }
}

/// With a `fence(SeqCst)` between store and load, at least one of two threads sees the other's
/// flag.
pub(crate) fn with_fences_one_thread_sees_the_others_flag() {
    never(&STORE_BUFFERING, Strength::Fences);
}

/// No thread reads the new value of an atomic and then the old one, even with Relaxed.
pub(crate) fn a_value_never_goes_back() {
    for how in Strength::ALL {
        never(&COHERENCE, how);
    }
}

/// With Relaxed, a thread may see the flag and miss the data, which never happens on x86.
pub(crate) fn relaxed_allows_what_x86_never_shows() {
    let outcomes = outcomes(&MESSAGE_PASSING, Strength::Relaxed);
    assert_eq!(outcomes, OUTCOMES);
}

/// A row for each test and strength: the outcomes that loom allows.
pub(crate) fn table() -> String {
    let mut table = String::new();
    for test in [MESSAGE_PASSING, STORE_BUFFERING, COHERENCE] {
        table += &format!("{}: {}\n", test.name, test.steps);
        for how in Strength::ALL {
            let row = OUTCOMES.map(|outcome| match outcomes(&test, how).contains(&outcome) {
                true => format!("{} {}", outcome[0], outcome[1]),
                false => " - ".to_owned(),
            });
            table += &format!("  {:<15} {}\n", format!("{how:?}"), row.join("   "));
        }
    }
    table
}

/// Two readers may disagree on the order of two independent writes, unless fences order their
/// reads.
pub(crate) fn two_readers_agree_on_the_order_only_with_fences() {
    use Ordering::{Acquire, Relaxed, Release, SeqCst};
    assert!(readers_disagree(Relaxed, Relaxed, || ()));
    assert!(readers_disagree(Release, Acquire, || ()));
    assert!(!readers_disagree(Relaxed, Relaxed, || fence(SeqCst)));
    // The language forbids it; loom takes SeqCst for Acquire and Release.
    let disagree = readers_disagree(SeqCst, SeqCst, || ());
    assert!(disagree, "loom models SeqCst now: update the page");
}

// ANCHOR: iriw
/// Two threads each write one atomic. Two others read both, in opposite orders. Returns whether
/// each reader can see one write and miss the other: then they disagree on which came first.
pub(crate) fn readers_disagree(write: Ordering, read: Ordering, between: fn()) -> bool {
    let disagree = Arc::new(AtomicU32::new(0));
    let note = Arc::clone(&disagree);
    model::check(move || {
        let cells = Arc::new([(); 2].map(|()| std::sync::atomic::AtomicU32::new(0)));
        for mine in [0, 1] {
            let cells = Arc::clone(&cells);
            thread::spawn(move || cells[mine].store(1, write));
        }
        let reader = move |first: usize| {
            let seen = cells[first].load(read);
            between();
            (seen, cells[1 - first].load(read))
        };
        let other = thread::spawn({
            let reader = reader.clone();
            move || reader(0)
        });
        let seen = [reader(1), other.join().expect("a reader does not panic")];
        if seen == [(1, 0); 2] {
            note.store(1, Ordering::Relaxed);
        }
    });
    disagree.load(Ordering::Relaxed) == 1
}
// ANCHOR_END: iriw

fn never(test: &Litmus, how: Strength) {
    for outcome in outcomes(test, how) {
        assert!(!test.forbids(&outcome, how), "{how:?}: {outcome:?} happens");
    }
}

/// All outcomes of a test under loom.
fn outcomes(test: &Litmus, how: Strength) -> Vec<[u32; 2]> {
    let (left, right) = (test.left, test.right);
    let seen = Arc::new(AtomicU32::new(0));
    let note = Arc::clone(&seen);
    model::check(move || {
        let cells = Arc::new(Cells::default());
        let shared = Arc::clone(&cells);
        let thread = thread::spawn(move || left(&shared, how));
        let right = right(&cells, how);
        let left = thread.join().expect("a panic would have ended the model");
        let read = [left, right].concat();
        let outcome = OUTCOMES.iter().position(|outcome| *outcome == *read);
        note.fetch_or(1 << outcome.expect("cells hold 0 or 1"), Ordering::Relaxed);
    });
    let seen = seen.load(Ordering::Relaxed);
    let happened = OUTCOMES.into_iter().enumerate();
    let happened = happened.filter(|(bit, _)| seen & (1 << bit) != 0);
    happened.map(|(_, outcome)| outcome).collect()
}

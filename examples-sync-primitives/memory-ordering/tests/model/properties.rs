//! What each strength promises, in a sentence, as models that loom runs in every order.

use super::litmus::{COHERENCE, Cells, Litmus, MESSAGE_PASSING, STORE_BUFFERING, Strength};
// Of core, so not loom's: it only takes notes, and has no part in what is explored.
use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::sync::atomic::fence;
use std::thread;

const OUTCOMES: [[u32; 2]; 4] = [[0, 0], [0, 1], [1, 0], [1, 1]];

/// With Release and Acquire, who sees that it is ready sees the data; so with SeqCst and fences.
pub(crate) fn no_ready_without_its_data() {
    for how in [Strength::ReleaseAcquire, Strength::SeqCst, Strength::Fences] {
        never(&MESSAGE_PASSING, how);
    }
}

/// With a `fence(SeqCst)` between its store and its load, one of the two sees the other's flag.
pub(crate) fn with_fences_one_sees_the_others_flag() {
    never(&STORE_BUFFERING, Strength::Fences);
}

/// Of one cell alone, nobody reads the new value and then the old one, not even Relaxed.
pub(crate) fn a_cell_never_goes_back() {
    for how in Strength::ALL {
        never(&COHERENCE, how);
    }
}

/// Relaxed allows the flag to be seen before the data, which x86 never does.
pub(crate) fn relaxed_allows_what_a_pc_never_shows() {
    let outcomes = outcomes(&MESSAGE_PASSING, Strength::Relaxed);
    assert_eq!(outcomes, OUTCOMES);
}

/// A row for each test and strength: the outcomes that the model allows.
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

/// Independent reads of independent writes: with less than SeqCst two readers may disagree.
pub(crate) fn two_readers_agree_on_the_order_only_behind_fences() {
    use Ordering::{Acquire, Relaxed, Release, SeqCst};
    assert!(readers_disagree(Relaxed, Relaxed, || ()));
    assert!(readers_disagree(Release, Acquire, || ()));
    assert!(!readers_disagree(Relaxed, Relaxed, || fence(SeqCst)));
    // The language forbids it; loom takes SeqCst for Acquire and Release.
    let disagree = readers_disagree(SeqCst, SeqCst, || ());
    assert!(disagree, "loom has learnt SeqCst: mend the page");
}

// ANCHOR: iriw
/// Two threads each write a cell of their own, two others read both cells, in opposite orders.
/// Whether each reader can see one write and miss the other: then they disagree which came first.
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

/// All outcomes of a test in the model.
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

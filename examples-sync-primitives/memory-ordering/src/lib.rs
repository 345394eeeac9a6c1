//! Which orders of other threads' steps a thread may see, by the ordering of its atomics: litmus tests that run.
//!
//! Run it: `cargo run -p memory-ordering`
//!
//! *Notice:* two threads that each write and then read can both read the old value, and only
//! `SeqCst` forbids it. That a machine never shows an outcome does not mean that it is forbidden:
//! the model in `tests/model.rs` shows what the language allows.
//!
//! *Use instead:* `mutex` or `channel`, which order everything that matters; `atomics` for a number
//! on its own, where `Relaxed` is right.
//!
//! The page: `docs/src/locks/memory-ordering.md`
//!
//! # Use it
//! ```
//! use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
//! use std::thread;
//!
//! static DATA: AtomicU64 = AtomicU64::new(0);
//! static READY: AtomicBool = AtomicBool::new(false);
//!
//! fn main() {
//!     thread::spawn(|| {
//!         DATA.store(42, Ordering::Relaxed);
//!         READY.store(true, Ordering::Release); // publishes what stands above
//!     });
//!     while !READY.load(Ordering::Acquire) {} // whoever sees it, sees that too
//!     assert_eq!(DATA.load(Ordering::Relaxed), 42);
//! }
//! ```

pub mod litmus;

use litmus::{Cells, Litmus, Strength};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{hint, iter, thread};

/// Runs a litmus test so many times on real threads, and counts the outcomes.
///
/// # Panics
/// If a part of the test does.
pub fn run(test: &Litmus, how: Strength, rounds: usize) -> BTreeMap<Vec<u32>, usize> {
    let cells: Vec<Cells> = iter::repeat_with(Cells::default).take(rounds).collect();
    let (left_at, right_at) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let walk = |part: fn(&Cells, Strength) -> Vec<u32>, mine, other, delay: fn(usize) -> usize| {
        let rounds = cells.iter().enumerate();
        let rounds = rounds.map(|(round, cells)| {
            cells.touch();
            meet(mine, other, round);
            (0..delay(round)).for_each(|step| _ = hint::black_box(step));
            part(cells, how)
        });
        rounds.collect::<Vec<_>>()
    };
    let (left, right) = thread::scope(|scope| {
        let left = scope.spawn(|| walk(test.left, &left_at, &right_at, |round| round % 127));
        let right = walk(test.right, &right_at, &left_at, |round| round % 131);
        (left.join().expect("a part of the test panicked"), right)
    });
    let mut counts = BTreeMap::new();
    for outcome in iter::zip(left, right).map(|(left, right)| [left, right].concat()) {
        *counts.entry(outcome).or_default() += 1;
    }
    counts
}

/// Both threads begin a round at almost the same time, or nothing odd would be seen. But nobody
/// waits for long: the other may be without a core, and then this round is just an uneventful one.
fn meet(mine: &AtomicUsize, other: &AtomicUsize, round: usize) {
    mine.store(round, Ordering::Relaxed); // Relaxed: a meeting that orders would spoil the test
    for _ in 0..100 {
        if other.load(Ordering::Relaxed) >= round {
            return;
        }
        hint::spin_loop();
    }
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Litmus tests that run: which results each memory ordering of an atomic allows.
//!
//! From the project "Many Things at Once", where `cargo run -p memory-ordering` demonstrates it
//! and `docs/src/locks/memory-ordering.md` explains it.
//!
//! *Notice:* if two threads each write and then read, both can read the old value; only `SeqCst`
//! forbids that. An outcome that a machine never shows may be allowed all the same: the model in
//! `tests/model.rs` shows what the language allows.
//!
//! *Use instead:* `mutex` or `channel`, which order everything that matters; `OnceLock` to
//! publish a value once (`OnceLock::wait`, Rust 1.86, waits for it); `atomics` for a number on
//! its own, where `Relaxed` is right.
//!
//! # Use it
//! ```ignore
//! use memory_ordering::litmus::{STORE_BUFFERING, Strength};
//! use memory_ordering::run;
//!
//! fn main() {
//!     for how in Strength::ALL {
//!         let seen = run(&STORE_BUFFERING, how, 20_000);
//!         let both_zero = seen.get(&vec![0, 0]).unwrap_or(&0);
//!         println!("{how:?}: both threads read 0 {both_zero} times");
//!     }
//! }
//! ```

pub mod litmus;

use self::litmus::{Cells, Litmus, Strength};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{hint, iter, thread};

/// Runs a litmus test on real threads, `rounds` times, and counts the outcomes.
///
/// # Panics
/// If a part of the test panics.
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

/// Makes both threads begin a round at almost the same time, else nothing odd would be seen. But
/// neither waits long: the other may be without a core, and then this round shows nothing odd.
///
/// Returns whether the other thread has begun this round.
pub fn meet(mine: &AtomicUsize, other: &AtomicUsize, round: usize) -> bool {
    mine.store(round, Ordering::Relaxed); // Relaxed: an ordering here would spoil the test
    for _ in 0..100 {
        if other.load(Ordering::Relaxed) >= round {
            return true;
        }
        hint::spin_loop();
    }
    false
}

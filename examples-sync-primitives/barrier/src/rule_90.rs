//! A cellular automaton, computed by several threads row by row, with std's Barrier.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Computes `steps` rows after the first one. Each cell becomes the exclusive or of its neighbours,
/// which other threads may have computed. `show` gets every new row, in order. It must not panic: the
/// others would wait for its thread for ever.
///
/// # Panics
/// With no threads.
pub fn rule_90(first: &[bool], steps: usize, threads: usize, show: impl Fn(&[bool]) + Sync) {
    assert!(threads > 0, "somebody must do it");
    // Two rows in turn: in each step one is only read, the other only written.
    let rows = [0, 1].map(|_| {
        first
            .iter()
            .copied()
            .map(AtomicBool::new)
            .collect::<Vec<_>>()
    });
    // Relaxed: the barrier orders what was written before it and what is read after it.
    let alive = |row: &[AtomicBool], at: usize| {
        row.get(at).is_some_and(|cell| cell.load(Ordering::Relaxed))
    };
    let step_is_done = Barrier::new(threads);
    let work = |part: usize| {
        for step in 0..steps {
            let (old, new) = (&rows[step % 2], &rows[(step + 1) % 2]);
            for at in (part..first.len()).step_by(threads) {
                let before_first = usize::MAX; // no such cell, so it is dead
                let left = alive(old, at.checked_sub(1).unwrap_or(before_first));
                new[at].store(left != alive(old, at + 1), Ordering::Relaxed);
            }
            // The others go on to write `old`. They write `new` again only after the next barrier,
            // where the leader will not be before it has shown it.
            if step_is_done.wait().is_leader() {
                show(&(0..new.len()).map(|at| alive(new, at)).collect::<Vec<_>>());
            }
        }
    };
    thread::scope(|scope| {
        for part in 0..threads {
            scope.spawn(move || work(part));
        }
    });
}

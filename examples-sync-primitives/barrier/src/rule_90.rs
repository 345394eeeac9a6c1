// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A cellular automaton, computed by several threads row by row, with std's Barrier.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex, OnceLock, PoisonError};
use std::thread;

/// Computes `steps` rows after the first one. Each new cell is the exclusive or of its two
/// neighbours, which other threads may have computed. `show` gets every new row, in order.
///
/// It uses at most this many threads, and fewer if the system refuses to start more.
///
/// # Panics
/// If `threads` is 0, if the system starts none, or if `show` panics.
pub fn rule_90(first: &[bool], steps: usize, threads: usize, show: impl Fn(&[bool]) + Sync) {
    assert!(threads > 0, "rule_90 needs at least one thread");
    // Two rows that swap roles: in each step one is only read, the other only written.
    let row = || first.iter().copied().map(AtomicBool::new).collect();
    let rows: [Vec<AtomicBool>; 2] = [row(), row()];
    // Relaxed: the barrier orders the writes before it and the reads after it.
    let alive = |row: &[AtomicBool], at: usize| {
        row.get(at).is_some_and(|cell| cell.load(Ordering::Relaxed))
    };
    // How many threads have started. A barrier for more than that would never let them through.
    let all_started: OnceLock<(usize, Barrier)> = OnceLock::new();
    let panicked = Mutex::new(None);
    let work = |part: usize| {
        let (threads, step_is_done) = all_started.wait();
        for step in 0..steps {
            let (old, new) = (&rows[step % 2], &rows[(step + 1) % 2]);
            for at in (part..first.len()).step_by(*threads) {
                let left = at > 0 && alive(old, at - 1);
                new[at].store(left != alive(old, at + 1), Ordering::Relaxed);
            }
            // The other threads go on and write `old`. They write `new` again only after the next
            // barrier, and the leader arrives there only when it has shown this row.
            if step_is_done.wait().is_leader() {
                let row: Vec<bool> = (0..new.len()).map(|at| alive(new, at)).collect();
                let mut panicked = panicked.lock().unwrap_or_else(PoisonError::into_inner);
                if panicked.is_none() {
                    // A panic that left the loop would leave the others at the barrier forever.
                    *panicked = catch_unwind(AssertUnwindSafe(|| show(&row))).err();
                }
            }
        }
    };
    let work = &work;
    thread::scope(|scope| {
        let start = |&part: &usize| {
            let thread = thread::Builder::new();
            thread.spawn_scoped(scope, move || work(part)).is_ok()
        };
        let started = (0..threads).take_while(start).count();
        assert!(started > 0, "the system started no thread");
        all_started.get_or_init(|| (started, Barrier::new(started)));
    });
    let panicked = panicked.into_inner();
    if let Some(payload) = panicked.unwrap_or_else(PoisonError::into_inner) {
        resume_unwind(payload);
    }
}

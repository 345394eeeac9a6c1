//! What one more owner costs: `cargo bench -p shared-ownership`.
//!
//! All are timed in turns within one run, and the fastest of the turns counts, so that noise from
//! other programs falls on all alike. Compare the ratios between machines, not the nanoseconds.

use shared_ownership::by_hand;
use std::hint::black_box;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

const OPERATIONS: u32 = 1_000_000;
const TURNS: u32 = 21;

fn main() -> io::Result<()> {
    let (rc, arc, by_hand) = (Rc::new(1), Arc::new(1), by_hand::Arc::new(1));
    let mut best = [f64::MAX; 4];
    for _ in 0..TURNS {
        let turn = [
            nanoseconds(|| drop(black_box(Rc::clone(&rc)))),
            nanoseconds(|| drop(black_box(Arc::clone(&arc)))),
            nanoseconds(|| drop(black_box(by_hand::Arc::clone(&by_hand)))),
            by_two_threads(&arc),
        ];
        for (best, turn) in best.iter_mut().zip(turn) {
            *best = best.min(turn);
        }
    }
    let names = [
        "Rc::clone, drop",
        "Arc::clone, drop",
        "the same by hand",
        "Arc::clone, drop, two threads in parallel",
    ];
    let mut out = io::stdout().lock();
    for (name, time) in names.iter().zip(best) {
        let ratio = time / best[0];
        writeln!(out, "{name:<38} {time:5.1} ns   {ratio:4.1} × the Rc")?;
    }
    Ok(())
}

fn nanoseconds(operation: impl Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..OPERATIONS {
        operation();
    }
    start.elapsed().as_nanos() as f64 / f64::from(OPERATIONS)
}

/// What each of the two sees: the slower one.
fn by_two_threads(arc: &Arc<i32>) -> f64 {
    let start = Barrier::new(2);
    thread::scope(|scope| {
        let threads = [(); 2].map(|()| {
            scope.spawn(|| {
                start.wait();
                nanoseconds(|| drop(black_box(Arc::clone(arc))))
            })
        });
        threads
            .into_iter()
            .map(|thread| thread.join().expect("it does not panic"))
            .fold(0.0, f64::max)
    })
}

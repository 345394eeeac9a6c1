//! What a promised order costs: `cargo bench -p starvation`.
//!
//! Both locks are timed in turns within one run, and the median of the turns counts: the fastest
//! would be one in which the threads hardly met. Compare the ratios between machines, not the
//! nanoseconds.

use starvation::PriorityLock;
use std::hint::black_box;
use std::io::{self, Write};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

const OPERATIONS: u32 = 100_000;
const TURNS: u32 = 11;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for threads in [1, 2] {
        let (mutex, fair) = (Mutex::new(0_u64), PriorityLock::new(0_u64, 0));
        let (mut by_mutex, mut by_fair) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            by_mutex.push(nanoseconds(threads, || {
                *black_box(&mutex)
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) += 1;
            }));
            by_fair.push(nanoseconds(threads, || *black_box(&fair).lock(1) += 1));
        }
        let (by_mutex, by_fair) = (median(by_mutex), median(by_fair));
        let ratio = by_fair / by_mutex;
        writeln!(out, "{threads} threads: std Mutex {by_mutex:8.1} ns")?;
        writeln!(
            out,
            "           patience 0 {by_fair:7.1} ns   {ratio:.1} × the Mutex"
        )?;
    }
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// For one lock, add, unlock, in this many threads that do nothing else.
fn nanoseconds(threads: usize, operation: impl Fn() + Sync) -> f64 {
    let start = Barrier::new(threads + 1);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    for _ in 0..OPERATIONS {
                        operation();
                    }
                })
            })
            .collect();
        let begin = Instant::now();
        start.wait();
        for worker in workers {
            worker.join().expect("it does not panic");
        }
        let operations = f64::from(OPERATIONS) * threads as f64;
        begin.elapsed().as_nanos() as f64 / operations
    })
}

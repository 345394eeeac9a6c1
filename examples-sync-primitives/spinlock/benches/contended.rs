//! What a lock, an addition and an unlock cost, beside std's Mutex: `cargo bench -p spinlock`.
//!
//! Both are timed alternately within one run, and the median counts. Compare the ratios between
//! machines, not the nanoseconds.

use spinlock::SpinLock;
use std::io::{self, Write};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

const EACH: u32 = 50_000;
const TURNS: usize = 15;

fn main() -> io::Result<()> {
    let (mutex, spin) = (Mutex::new(0_u64), SpinLock::new(0_u64));
    let mut out = io::stdout().lock();
    for threads in [1, 2, 8] {
        let (mut mutex_times, mut spin_times) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            mutex_times.push(nanoseconds(threads, || {
                *mutex.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            }));
            spin_times.push(nanoseconds(threads, || *spin.lock() += 1));
        }
        let (mutex, spin) = (median(mutex_times), median(spin_times));
        let ratio = spin / mutex;
        writeln!(
            out,
            "{threads} threads: Mutex {mutex:6.1} ns, SpinLock {spin:6.1} ns, {ratio:.2} ×"
        )?;
    }
    Ok(())
}

/// The time per operation, over all threads together.
fn nanoseconds(threads: u32, operation: impl Fn() + Sync) -> f64 {
    let all_there = Barrier::new(threads as usize);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                all_there.wait();
                (0..EACH).for_each(|_| operation());
            });
        }
    });
    start.elapsed().as_nanos() as f64 / f64::from(threads * EACH)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

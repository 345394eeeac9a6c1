//! What reading under an RwLock costs, beside a Mutex: `cargo bench -p rwlock`.
//!
//! The locks are timed in turns within one run, so that noise from other programs falls on all
//! alike, and the median of the turns counts. Compare the ratios between machines, not the
//! nanoseconds.

use rwlock::by_hand::{Prefer, RwLock as ByHand};
use std::hint::black_box;
use std::io::{self, Write};
use std::sync::{Barrier, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Instant;

const TURNS: u32 = 11;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (section, numbers, operations) in [
        ("read 1 number under the lock", 1, 1_000_000),
        ("add up 10,000 numbers under the lock", 10_000, 20_000),
    ] {
        for threads in [1, 2] {
            writeln!(out, "{section}, threads: {threads}")?;
            report(&mut out, numbers, operations, threads)?;
        }
    }
    Ok(())
}

fn report(out: &mut impl Write, numbers: u64, operations: u32, threads: usize) -> io::Result<()> {
    let values: Vec<u64> = (0..numbers).collect();
    let mutex = Mutex::new(values.clone());
    let rwlock = RwLock::new(values.clone());
    let by_hand = ByHand::new(Prefer::Writers, values);
    let mut times = [(); 3].map(|()| Vec::new());
    let time = |operation: &(dyn Fn() -> u64 + Sync)| nanoseconds(threads, operations, operation);
    for _ in 0..TURNS {
        times[0].push(time(&|| {
            sum(&mutex.lock().unwrap_or_else(PoisonError::into_inner))
        }));
        times[1].push(time(&|| {
            sum(&rwlock.read().unwrap_or_else(PoisonError::into_inner))
        }));
        times[2].push(time(&|| sum(&by_hand.read())));
    }
    let [with_mutex, with_rwlock, with_by_hand] = times.map(median);
    writeln!(out, "  Mutex            {with_mutex:7.1} ns")?;
    let ratio = with_rwlock / with_mutex;
    writeln!(
        out,
        "  std's RwLock     {with_rwlock:7.1} ns   {ratio:.1} × the Mutex"
    )?;
    let ratio = with_by_hand / with_mutex;
    writeln!(
        out,
        "  RwLock by hand   {with_by_hand:7.1} ns   {ratio:.1} × the Mutex"
    )
}

/// Not the fastest: that is the turn in which the threads happened to run one after the other.
fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Wall time for one operation of each thread, from the first to begin to the last to end.
fn nanoseconds(threads: usize, operations: u32, operation: &(dyn Fn() -> u64 + Sync)) -> f64 {
    let all_are_there = Barrier::new(threads);
    let work = || {
        all_are_there.wait();
        let start = Instant::now();
        for _ in 0..operations {
            black_box(operation());
        }
        (start, Instant::now())
    };
    let spans: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let spans = workers.into_iter().map(|worker| worker.join());
        spans.map(|span| span.expect("it does not panic")).collect()
    });
    let start = spans.iter().map(|(start, _)| *start).min();
    let end = spans.iter().map(|(_, end)| *end).max();
    let elapsed = start.zip(end).map(|(start, end)| end - start);
    elapsed.unwrap_or_default().as_nanos() as f64 / f64::from(operations)
}

fn sum(numbers: &[u64]) -> u64 {
    black_box(numbers).iter().sum()
}

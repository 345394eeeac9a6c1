//! What a permit costs when nobody waits: `cargo bench -p semaphore`.
//!
//! Both are timed in turns within one run, and the fastest of the turns counts, so that noise from
//! other programs falls on both alike. Compare the ratio between machines, not the nanoseconds.

use semaphore::Semaphore;
use std::hint::black_box;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const OPERATIONS: u32 = 1_000_000;
const TURNS: u32 = 21;

fn main() -> io::Result<()> {
    let mutex = Mutex::new(0_u64);
    let semaphore = Semaphore::new(1);
    let (mut lock, mut permit, mut try_permit) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..TURNS {
        lock = lock.min(nanoseconds(|| {
            *black_box(&mutex)
                .lock()
                .unwrap_or_else(PoisonError::into_inner) += 1;
        }));
        permit = permit.min(nanoseconds(|| drop(black_box(&semaphore).acquire())));
        try_permit = try_permit.min(nanoseconds(|| drop(black_box(&semaphore).try_acquire())));
    }
    let mut out = io::stdout().lock();
    writeln!(out, "Mutex lock, add, unlock       {lock:5.1} ns")?;
    writeln!(
        out,
        "Semaphore acquire, drop       {permit:5.1} ns   {:.1} × the Mutex",
        permit / lock
    )?;
    writeln!(
        out,
        "Semaphore try_acquire, drop   {try_permit:5.1} ns   {:.1} × the Mutex",
        try_permit / lock
    )
}

fn nanoseconds(operation: impl Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..OPERATIONS {
        operation();
    }
    start.elapsed().as_nanos() as f64 / f64::from(OPERATIONS)
}

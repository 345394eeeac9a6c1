//! It locks as well as a Mutex. What its waiters take from everybody else is another matter.

use spinlock::SpinLock;
use std::fmt::Display;
use std::hint;
use std::io::{self, Write};
use std::num::NonZero;
use std::sync::{Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{panic, thread};

const THREADS: u64 = 4;
const EACH: u64 = 10_000;
const A_WHILE: Duration = Duration::from_millis(200);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let (spin, mutex) = (SpinLock::new(0), Mutex::new(0));
    let lock_mutex = || mutex.lock().unwrap_or_else(PoisonError::into_inner);

    writeln!(
        out,
        "{THREADS} threads add 1 under the lock, {EACH} times each."
    )?;
    by_all(THREADS, || (0..EACH).for_each(|_| *spin.lock() += 1));
    row(&mut out, "SpinLock:", *spin.lock())?;
    by_all(THREADS, || (0..EACH).for_each(|_| *lock_mutex() += 1));
    row(&mut out, "Mutex:", *lock_mutex())?;

    writeln!(out, "A thread panics while it holds the lock.")?;
    let panicked = thread::scope(|scope| scope.spawn(|| panic_under(&spin)).join());
    assert!(panicked.is_err());
    let state = spin
        .try_lock()
        .map_or("locked for ever", |_| "free again, and no word of it");
    row(&mut out, "SpinLock:", state)?;

    // Twice as many as there are cores: so each core has somebody who waits.
    let waiters = 2 * thread::available_parallelism().map_or(1, NonZero::get) as u64;
    writeln!(
        out,
        "Two waiters a core; a bystander works, and needs no lock."
    )?;
    let held = lock_mutex();
    let asleep = work_beside(waiters, || drop(lock_mutex()), || drop(held));
    let held = spin.lock();
    let spinning = work_beside(waiters, || drop(spin.lock()), || drop(held));
    row(&mut out, "they wait for a Mutex:", "1.00 × the work done")?;
    let ratio = spinning as f64 / asleep as f64;
    row(
        &mut out,
        "they wait for a SpinLock:",
        format!("{ratio:.2} ×"),
    )
}

/// How much a thread gets done in a while in which all others wait for a lock.
fn work_beside(waiters: u64, wait: impl Fn() + Sync, unlock: impl FnOnce()) -> u64 {
    let all_there = Barrier::new(waiters as usize + 1);
    thread::scope(|scope| {
        for _ in 0..waiters {
            scope.spawn(|| {
                all_there.wait();
                wait();
            });
        }
        all_there.wait();
        let (start, mut done) = (Instant::now(), 0);
        while start.elapsed() < A_WHILE {
            done += hint::black_box(1);
        }
        unlock();
        done
    })
}

fn by_all(threads: u64, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(&work);
        }
    });
}

fn panic_under(lock: &SpinLock<u64>) {
    let _guard = lock.lock();
    panic::resume_unwind(Box::new("meant, and so without a message"));
}

fn row(out: &mut impl Write, what: &str, value: impl Display) -> io::Result<()> {
    writeln!(out, "  {what:<26} {value}")
}

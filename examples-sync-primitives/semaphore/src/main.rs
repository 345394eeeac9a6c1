//! Twelve workers and three permits; then what happens to those who cannot wait, or want many.

use semaphore::Semaphore;
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{panic, thread};

const WORKERS: usize = 12;
const PERMITS: usize = 3;
const MOMENT: Duration = Duration::from_millis(20);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let semaphore = Semaphore::new(PERMITS);

    writeln!(out, "{WORKERS} workers, {PERMITS} permits.")?;
    row(&mut out, "most inside at a time:", most_inside(&semaphore))?;
    let panicked = thread::scope(|scope| scope.spawn(|| panic_inside(&semaphore)).join());
    assert!(panicked.is_err());
    row(
        &mut out,
        "free after a panic inside:",
        semaphore.available(),
    )?;

    let two = semaphore.acquire_many(2).expect("it has three");
    let one = semaphore.acquire();
    writeln!(out, "All permits are taken.")?;
    row(&mut out, "try_acquire:", outcome(semaphore.try_acquire()))?;
    row(
        &mut out,
        "acquire_timeout:",
        outcome(semaphore.acquire_timeout(MOMENT)),
    )?;
    row(
        &mut out,
        "acquire_many(4):",
        outcome(semaphore.acquire_many(4)),
    )?;

    drop(one);
    thread::scope(|scope| {
        let large = scope.spawn(|| outcome(semaphore.acquire_many(3)));
        // A free permit is no longer to be had from the moment that the other stands in line.
        while semaphore.try_acquire().is_some() {
            thread::yield_now();
        }
        let (free, tried) = (semaphore.available(), semaphore.try_acquire());
        writeln!(out, "{free} is free, and somebody waits for three.")?;
        row(&mut out, "try_acquire:", outcome(tried))?;
        drop(two);
        let served = large.join().expect("it does not panic");
        row(&mut out, "acquire_many(3), in line:", served)
    })
}

/// Counted inside. Each worker stays until three are in, so that three is reached, not by chance.
fn most_inside(semaphore: &Semaphore) -> usize {
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let full = Barrier::new(PERMITS);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let _permit = semaphore.acquire();
                most.fetch_max(
                    inside.fetch_add(1, Ordering::Relaxed) + 1,
                    Ordering::Relaxed,
                );
                full.wait();
                inside.fetch_sub(1, Ordering::Relaxed);
            });
        }
    });
    most.into_inner()
}

fn panic_inside(semaphore: &Semaphore) {
    let _permit = semaphore.acquire();
    panic::resume_unwind(Box::new("meant, and so without a message"));
}

fn outcome<T>(permit: Option<T>) -> &'static str {
    if permit.is_some() { "acquired" } else { "none" }
}

fn row(out: &mut impl Write, what: &str, value: impl Display) -> io::Result<()> {
    writeln!(out, "  {what:<26} {value}")
}

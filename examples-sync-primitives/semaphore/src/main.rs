//! 12 threads share 3 permits. Then: what happens to threads that cannot wait or need several.

use semaphore::Semaphore;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{io, io::Write, panic, thread};

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let semaphore = &Semaphore::new(3);

    writeln!(out, "12 threads share 3 permits.")?;
    let most = most_inside(semaphore);
    writeln!(out, "  most threads inside at the same time: {most}")?;
    let panicked = thread::scope(|scope| scope.spawn(|| panic_inside(semaphore)).join());
    assert!(panicked.is_err(), "the thread panics");
    let free = semaphore.available();
    writeln!(
        out,
        "  permits free again after a thread panicked inside: {free}"
    )?;

    let (one, two) = (semaphore.acquire(), semaphore.acquire_many(2));
    writeln!(out, "\nAll 3 permits are taken.")?;
    let tried = outcome(semaphore.try_acquire().is_some());
    writeln!(out, "  try_acquire()             {tried}, immediately")?;
    let tried = outcome(
        semaphore
            .acquire_timeout(Duration::from_millis(50))
            .is_some(),
    );
    writeln!(out, "  acquire_timeout(50 ms)    {tried}, after 50 ms")?;
    let tried = outcome(semaphore.acquire_many(4).is_some());
    writeln!(
        out,
        "  acquire_many(4)           {tried}: there are only 3 in total"
    )?;

    drop(one);
    thread::scope(|scope| {
        let many = scope.spawn(|| outcome(semaphore.acquire_many(3).is_some()));
        // From the moment that the other thread is in the queue, no attempt succeeds.
        while semaphore.try_acquire().is_some() {
            thread::yield_now();
        }
        writeln!(
            out,
            "\nOne permit is free, and another thread is waiting for all 3."
        )?;
        let tried = outcome(semaphore.try_acquire().is_some());
        writeln!(
            out,
            "  try_acquire()             {tried}: it does not jump the queue"
        )?;
        drop(two);
        let many = many.join().expect("the other thread does not panic");
        writeln!(
            out,
            "  acquire_many(3)           {many}, as soon as all 3 are free"
        )
    })
}

/// Each thread stays inside until 3 are, so the limit is reached every time, not by chance.
fn most_inside(semaphore: &Semaphore) -> usize {
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let full = Barrier::new(3);
    thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let _permit = semaphore.acquire();
                let now = inside.fetch_add(1, Ordering::Relaxed) + 1;
                most.fetch_max(now, Ordering::Relaxed);
                full.wait();
                inside.fetch_sub(1, Ordering::Relaxed);
            });
        }
    });
    most.into_inner()
}

fn panic_inside(semaphore: &Semaphore) {
    let _permit = semaphore.acquire();
    panic::resume_unwind(Box::new("intended, and without a message on stderr"));
}

fn outcome(acquired: bool) -> &'static str {
    if acquired { "acquired" } else { "None" }
}

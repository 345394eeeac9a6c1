//! The lock works as a mutex does. What its waiting threads cost everyone else is another matter.

use spinlock::SpinLock;
use std::hint;
use std::io::{self, Write};
use std::num::NonZero;
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};
use std::{panic, thread};

static COUNT: SpinLock<u64> = SpinLock::new(0);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    let add = || (0..10_000).for_each(|_| *COUNT.lock() += 1);
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(add))));
    let count = *COUNT.lock();
    writeln!(
        out,
        "4 threads each add 1 to a counter in a SpinLock, 10000 times."
    )?;
    writeln!(
        out,
        "  the counter:                       {count}, so no addition was lost"
    )?;

    let _ = thread::spawn(|| {
        let _guard = COUNT.lock();
        panic::resume_unwind(Box::new("intended, so without a message"));
    })
    .join();
    let state = COUNT
        .try_lock()
        .map_or("still locked", |_| "unlocked, and not poisoned");
    writeln!(out, "A thread panics while it holds the SpinLock.")?;
    writeln!(out, "  the lock afterwards:               {state}")?;

    let (spin, mutex) = (SpinLock::new(()), Mutex::new(()));
    let held = mutex.lock().expect("nobody panicked");
    let asleep = work_beside(|| drop(mutex.lock()), || drop(held));
    let held = spin.lock();
    let spinning = work_beside(|| drop(spin.lock()), || drop(held));
    let ratio = spinning as f64 / asleep as f64;
    writeln!(
        out,
        "2 threads per core wait for a lock. Another thread works without any lock."
    )?;
    writeln!(
        out,
        "  its work while they wait for a Mutex:     1.00 × (they sleep)"
    )?;
    writeln!(
        out,
        "  its work while they wait for a SpinLock:  {ratio:.2} × (they use the cores)"
    )
}

/// How much a thread gets done in 200 ms while the others wait for a lock.
fn work_beside(wait: impl Fn() + Sync, unlock: impl FnOnce()) -> u64 {
    let waiters = 2 * thread::available_parallelism().map_or(1, NonZero::get);
    let all_there = Barrier::new(waiters + 1);
    thread::scope(|scope| {
        for _ in 0..waiters {
            scope.spawn(|| {
                all_there.wait();
                wait();
            });
        }
        all_there.wait();
        let (start, mut done) = (Instant::now(), 0);
        while start.elapsed() < Duration::from_millis(200) {
            done += hint::black_box(1);
        }
        unlock();
        done
    })
}

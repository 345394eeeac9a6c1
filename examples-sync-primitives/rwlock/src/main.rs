//! Many threads use one cache. Then: which threads get in while a writer waits.

use rwlock::Cache;
use rwlock::by_hand::{Prefer, ReadGuard, RwLock};
use std::io::{self, Write};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const THREADS: usize = 8;
const VISITS: usize = 1000;
const POLICIES: [(&str, Prefer); 2] = [
    ("readers first", Prefer::Readers),
    ("writers first", Prefer::Writers),
];

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    let (made, different) = all_miss();
    writeln!(
        out,
        "{THREADS} threads look up the same missing text, and each makes it."
    )?;
    writeln!(out, "  texts made             {made}")?;
    writeln!(out, "  all got the same text  {}", yes(different == 1))?;

    writeln!(out, "\n{THREADS} threads read at the same time.")?;
    writeln!(out, "  inside the lock        {}", together())?;

    writeln!(
        out,
        "\nOne thread reads, a writer waits, {VISITS} more readers arrive."
    )?;
    for (name, prefer) in POLICIES {
        let passed = pass_a_writer(prefer);
        writeln!(out, "  {name}          {passed:4} pass the writer")?;
    }
    writeln!(
        out,
        "\nOne thread writes, a reader waits, {VISITS} more writers arrive."
    )?;
    let passed = pass_a_reader();
    writeln!(out, "  writers first          {passed:4} pass the reader")?;
    writeln!(
        out,
        "\nOne thread reads, a writer waits, the same thread reads again."
    )?;
    for (name, prefer) in POLICIES {
        writeln!(out, "  {name}          {}", read_twice(prefer))?;
    }
    Ok(())
}

/// How many threads made the text, and how many different texts they got.
fn all_miss() -> (usize, usize) {
    let (cache, made) = (Cache::default(), AtomicUsize::new(0));
    let all_have_missed = Barrier::new(THREADS);
    let make = || {
        all_have_missed.wait(); // so that they miss at the same time, in every run
        format!("made by number {}", made.fetch_add(1, Ordering::Relaxed))
    };
    let texts = thread::scope(|scope| {
        let threads = [(); THREADS].map(|()| scope.spawn(|| cache.get_or_make("/", make)));
        threads.map(|thread| thread.join().expect("it does not panic"))
    });
    let mut texts = texts.to_vec();
    texts.dedup();
    (made.into_inner(), texts.len())
}

/// How many readers are inside. Each stays until all are.
fn together() -> usize {
    let lock = RwLock::new(Prefer::Writers, ());
    let (inside, all) = (AtomicUsize::new(0), Barrier::new(THREADS));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let _guard = lock.read();
                inside.fetch_add(1, Ordering::Relaxed);
                all.wait();
            });
        }
    });
    inside.into_inner()
}

/// How many readers pass a waiting writer. Each leaves when the next one is in, so that there is
/// always one inside.
fn pass_a_writer(prefer: Prefer) -> usize {
    let lock = RwLock::new(prefer, 0);
    while_a_writer_waits(&lock, |mut visitor| {
        let mut passed = 0;
        for _ in 0..VISITS {
            if let Some(next) = lock.try_read() {
                visitor = next;
                passed += 1;
            }
        }
        assert_eq!(*visitor, 0, "the writer still waits");
        passed
    })
}

/// How many writers pass a waiting reader, if writers go first. Each leaves when the next waits.
fn pass_a_reader() -> usize {
    let lock = RwLock::new(Prefer::Writers, 0);
    let mut writer = lock.write();
    let reader_has_arrived = Barrier::new(2);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let must_wait = lock.try_read().is_none();
            reader_has_arrived.wait();
            let passed = *lock.read();
            assert!(must_wait, "a writer is inside");
            passed
        });
        reader_has_arrived.wait();
        for _ in 0..VISITS {
            let next = scope.spawn(|| lock.write());
            while lock.writers_waiting() == 0 {
                thread::yield_now();
            }
            drop(writer);
            writer = next.join().expect("it does not panic");
            *writer += 1;
        }
        drop(writer);
        reader.join().expect("it does not panic")
    })
}

/// Asks `try_read`, because `read` might never return.
fn read_twice(prefer: Prefer) -> &'static str {
    let lock = RwLock::new(prefer, 0);
    while_a_writer_waits(&lock, |_visitor| match lock.try_read() {
        Some(_again) => "continues",
        None => "deadlock: it and the writer wait for each other",
    })
}

/// Calls `then` with a read guard while a writer waits.
fn while_a_writer_waits<'a, R>(
    lock: &'a RwLock<u32>,
    then: impl FnOnce(ReadGuard<'a, u32>) -> R,
) -> R {
    let visitor = lock.read();
    thread::scope(|scope| {
        scope.spawn(|| *lock.write() = 1);
        while lock.writers_waiting() == 0 {
            thread::yield_now();
        }
        then(visitor) // it drops the guard, or the scope would not end
    })
}

fn yes(fact: bool) -> &'static str {
    if fact { "yes" } else { "no" }
}

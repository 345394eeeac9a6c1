//! What many threads make of one cache; then who gets in while a writer waits.

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
    writeln!(out, "{THREADS} threads miss the same text in the cache.")?;
    writeln!(out, "  made:           {made}")?;
    writeln!(out, "  one for all:    {}", yes(different == 1))?;

    writeln!(out, "{THREADS} threads read.")?;
    writeln!(out, "  side by side:   {}", together())?;

    writeln!(
        out,
        "One reads, a writer waits, {VISITS} more come to read."
    )?;
    for (name, prefer) in POLICIES {
        writeln!(out, "  {name}:  {:4} pass it", pass_a_writer(prefer))?;
    }
    writeln!(
        out,
        "One writes, a reader waits, {VISITS} more come to write."
    )?;
    writeln!(out, "  writers first:  {:4} pass it", pass_a_reader())?;
    writeln!(out, "One reads, a writer waits, the one reads again.")?;
    for (name, prefer) in POLICIES {
        writeln!(out, "  {name}:  {}", read_twice(prefer))?;
    }
    Ok(())
}

/// How many threads made the text, and how many different ones they got.
fn all_miss() -> (usize, usize) {
    let (cache, made) = (Cache::default(), AtomicUsize::new(0));
    let all_have_missed = Barrier::new(THREADS);
    let make = || {
        all_have_missed.wait(); // so that it happens every time
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

/// How many readers are inside when each stays until all are.
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

/// How many visits pass a writer who waits. Each visitor leaves when the next is in, so that there is
/// always one inside, as on a busy day.
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

/// How many writers pass a reader who waits, where writers go first. Each leaves when the next waits.
fn pass_a_reader() -> usize {
    let lock = RwLock::new(Prefer::Writers, 0);
    let mut writer = lock.write();
    let reader_is_there = Barrier::new(2);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let must_wait = lock.try_read().is_none();
            reader_is_there.wait();
            let passed = *lock.read();
            assert!(must_wait, "a writer is inside");
            passed
        });
        reader_is_there.wait();
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

/// `try_read` says what `read` would do, which may not come back.
fn read_twice(prefer: Prefer) -> &'static str {
    let lock = RwLock::new(prefer, 0);
    while_a_writer_waits(&lock, |_visitor| match lock.try_read() {
        Some(_again) => "goes on",
        None => "deadlock: it waits for the writer, who waits for it",
    })
}

/// Calls `then` with a read guard, for which a writer waits.
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

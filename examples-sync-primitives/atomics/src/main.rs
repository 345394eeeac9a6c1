//! What two steps lose and one step keeps; then a limit, a maximum and a stop flag.

use atomics::{Budget, Counter, HighWater, StopFlag};
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread::{self, ScopedJoinHandle};

const THREADS: u64 = 8;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "{THREADS} threads each add 1 to a number. All read it before any of them writes."
    )?;
    let sum = load_then_store();
    row(
        &mut out,
        "load, then store:",
        format!("{sum}, so {} additions are lost", THREADS - sum),
    )?;
    let (sum, failed) = compare_exchange();
    row(
        &mut out,
        "compare_exchange:",
        format!("{sum}, and {failed} threads had to try again"),
    )?;
    let counter = Counter::new();
    let numbers = by_all(|_| counter.add(1));
    row(&mut out, "fetch_add:", counter.get())?;
    row(
        &mut out,
        "  the values it returned:",
        format!("{numbers:?}"),
    )?;

    writeln!(
        out,
        "{THREADS} threads each try to take 3 units of a budget of 10."
    )?;
    let budget = Budget::new(10);
    let taken = by_all(|_| u64::from(budget.take(3)));
    row(&mut out, "threads that got 3:", taken.iter().sum::<u64>())?;
    row(&mut out, "units left:", budget.left())?;
    budget.give_back(100);
    row(&mut out, "left if 100 come back:", budget.left())?;

    writeln!(out, "{THREADS} threads record the values 1 to {THREADS}.")?;
    let high = HighWater::new();
    by_all(|thread| high.record(thread + 1));
    row(&mut out, "the highest value:", high.take())?;
    row(&mut out, "after take() reset it:", high.take())?;

    writeln!(
        out,
        "{THREADS} threads call stop() while another thread works."
    )?;
    let stop = StopFlag::new();
    let first = thread::scope(|scope| {
        scope.spawn(|| while !stop.is_stopped() {});
        by_all(|_| u64::from(stop.stop()))
    }); // the thread that worked has ended, else this line would not be reached
    row(
        &mut out,
        "calls that were the first:",
        first.iter().sum::<u64>(),
    )
}

/// Two steps: everything that the other threads do happens between them.
fn load_then_store() -> u64 {
    let number = AtomicU64::new(0);
    let all_have_read = Barrier::new(THREADS as usize);
    by_all(|_| {
        let seen = number.load(Relaxed);
        all_have_read.wait();
        number.store(seen + 1, Relaxed);
    });
    number.into_inner()
}

/// One step that fails if the number has changed since it was read. Returns how often it failed
/// at the first attempt, too.
fn compare_exchange() -> (u64, u64) {
    let (number, failed) = (AtomicU64::new(0), Counter::new());
    let all_have_read = Barrier::new(THREADS as usize);
    by_all(|_| {
        let mut seen = number.load(Relaxed);
        all_have_read.wait();
        if let Err(now) = number.compare_exchange(seen, seen + 1, Relaxed, Relaxed) {
            failed.add(1);
            seen = now;
            while let Err(now) = number.compare_exchange_weak(seen, seen + 1, Relaxed, Relaxed) {
                seen = now;
            }
        }
    });
    (number.into_inner(), failed.get())
}

/// The results of all threads, sorted.
fn by_all<T: Ord + Send>(work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let mut results: Vec<T> = thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..THREADS).map(|n| scope.spawn(move || work(n))).collect();
        let join = |thread: ScopedJoinHandle<'_, T>| thread.join().expect("it does not panic");
        threads.into_iter().map(join).collect()
    });
    results.sort();
    results
}

fn row(out: &mut impl Write, what: &str, value: impl Display) -> io::Result<()> {
    writeln!(out, "  {what:<28} {value}")
}

//! The same function on 100,000 numbers: one after another, with std threads, and with rayon. Then
//! a panic for one of the numbers.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Barrier;
use std::time::{Duration, Instant};
use std::{panic, thread};
use thread_parallel_map::{parallel_map, parallel_map_on, with_rayon};

const NUMBERS: u64 = 100_000;
const THREADS: usize = 4;

fn main() -> io::Result<()> {
    demo::no_arguments();
    // The panics below are intended, and their messages are printed where they are caught.
    panic::set_hook(Box::new(|_| ()));
    let mut out = io::stdout().lock();
    let numbers: Vec<u64> = (1..=NUMBERS).collect();

    let (expected, alone) = timed(|| numbers.iter().map(collatz_steps).collect::<Vec<_>>());
    let (by_std, std_took) = timed(|| parallel_map(&numbers, collatz_steps));
    let (by_rayon, rayon_took) = timed(|| with_rayon::parallel_map(&numbers, collatz_steps));
    let sum: u64 = expected.iter().sum();
    writeln!(out, "{NUMBERS} numbers, {sum} steps in all.")?;
    writeln!(out, "  one after another:  {}", in_ms(alone))?;
    for (name, results, took) in [
        ("std threads:", by_std, std_took),
        ("rayon:", by_rayon, rayon_took),
    ] {
        let same = if results == expected {
            "the same"
        } else {
            "other"
        };
        let ratio = alone.as_secs_f64() / took.as_secs_f64();
        let took = in_ms(took);
        writeln!(
            out,
            "  {name:<18}  {took}, {ratio:.1} × the speed, {same} results in the same order"
        )?;
    }

    writeln!(
        out,
        "{THREADS} items, and each waits until all are being worked on."
    )?;
    writeln!(
        out,
        "  threads that worked:     {}",
        threads_that_took_part()
    )?;

    writeln!(
        out,
        "The function panics for one number. The caller catches:"
    )?;
    let checked = |number: &u64| {
        assert!(*number != 27, "no steps for {number}");
        collatz_steps(number)
    };
    let message = panic_of(|| parallel_map_on(THREADS, &numbers, checked));
    writeln!(out, "  std threads:             {message:?}")?;
    let message = panic_of(|| with_rayon::parallel_map(&numbers, checked));
    writeln!(out, "  rayon:                   {message:?}")?;
    let message = panic_of(|| {
        thread::scope(|scope| {
            scope.spawn(|| checked(&27));
        });
    });
    writeln!(out, "  a scope without a join:  {message:?}")
}

/// How many steps it takes to reach 1: an even number is halved, an odd one becomes `3 n + 1`.
fn collatz_steps(number: &u64) -> u64 {
    let (mut number, mut steps) = (*number, 0);
    while number != 1 {
        number = if number.is_multiple_of(2) {
            number / 2
        } else {
            3 * number + 1
        };
        steps += 1;
    }
    steps
}

/// No thread finishes its item before all threads have one, so each has exactly one.
fn threads_that_took_part() -> usize {
    let all_are_here = Barrier::new(THREADS);
    let ids = parallel_map_on(THREADS, &[(); THREADS], |()| {
        all_are_here.wait();
        thread::current().id()
    });
    ids.into_iter().collect::<HashSet<_>>().len()
}

fn timed<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    let start = Instant::now();
    (work(), start.elapsed())
}

fn in_ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn panic_of<R>(work: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(panic::AssertUnwindSafe(work));
    let payload = payload.err().expect("this work panics");
    match payload.downcast::<String>() {
        Ok(formatted) => *formatted,
        Err(payload) => (*payload
            .downcast::<&str>()
            .expect("a panic's message is text"))
        .into(),
    }
}

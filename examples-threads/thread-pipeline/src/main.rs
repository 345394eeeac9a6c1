//! Two stages on seven threads: in order, bounded, stopped by an error, a panic and a consumer.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use thread_pipeline::pipeline;

const DEPTH: usize = 8;

/// How many steps the Collatz sequence takes from `n` to 1: a little work, different for each item.
fn steps(n: u64) -> u64 {
    let next = |n: &u64| {
        if n.is_multiple_of(2) {
            Some(n / 2)
        } else {
            Some(3 * n + 1)
        }
    };
    std::iter::successors(Some(n), next)
        .take_while(|n| *n != 1)
        .count() as u64
}

fn said(so: bool, yes: &'static str, no: &'static str) -> &'static str {
    if so { yes } else { no }
}

/// Counts from 1 and never ends. The counter also says how much was read.
fn endless(read: &Arc<AtomicU64>) -> impl Iterator<Item = u64> + Send + use<> {
    let read = Arc::clone(read);
    std::iter::from_fn(move || Some(read.fetch_add(1, Ordering::Relaxed) + 1))
}

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    let parsed = pipeline((1..=10_000).map(|n| n.to_string()), 2, DEPTH, |line| {
        line.parse()
    });
    let results = pipeline(parsed, 3, DEPTH, |n| n.map(|n| (n, steps(n))));
    let results: Result<Vec<_>, std::num::ParseIntError> = results.collect();
    let results = results.expect("all are numbers");
    let in_order = results
        .iter()
        .zip(1..)
        .all(|(&(n, _), expected)| n == expected);
    writeln!(
        out,
        "10,000 lines were parsed by 2 threads and computed by 3:"
    )?;
    writeln!(
        out,
        "  {} results, {}",
        results.len(),
        said(in_order, "all in order", "out of order")
    )?;

    let read = Arc::new(AtomicU64::new(0));
    let first: Vec<_> = pipeline(endless(&read), 3, DEPTH, steps).take(5).collect();
    let total = read.load(Ordering::Relaxed);
    writeln!(out, "The consumer takes 5 results of an endless input:")?;
    writeln!(out, "  {first:?}")?;
    let bounded = total <= 5 + DEPTH as u64;
    writeln!(
        out,
        "  {} {DEPTH} more items were read",
        said(bounded, "at most", "more than")
    )?;
    let ended = Arc::strong_count(&read) == 1;
    writeln!(
        out,
        "  the thread that read it {}",
        said(ended, "has ended", "is still running")
    )?;

    let checked = pipeline(endless(&read), 2, DEPTH, |n| {
        if n.is_multiple_of(1_000) {
            Err(format!("item {n} is bad"))
        } else {
            Ok(n)
        }
    });
    let sum: Result<u64, String> = pipeline(checked, 3, DEPTH, |n| n.map(steps)).sum();
    writeln!(out, "The first stage finds an error in an endless input:")?;
    writeln!(out, "  the sum is {sum:?}")?;
    let ended = Arc::strong_count(&read) == 1;
    writeln!(
        out,
        "  the threads of both stages {}",
        said(ended, "have ended", "are still running")
    )?;

    let panics = pipeline(endless(&read), 2, DEPTH, |n| 100 / (n % 2_000));
    let panic = catch_unwind(AssertUnwindSafe(|| panics.count())).is_err();
    writeln!(out, "The first stage panics in an endless input:")?;
    writeln!(
        out,
        "  the consumer {}",
        said(panic, "panics as well", "learns nothing")
    )?;
    let ended = Arc::strong_count(&read) == 1;
    writeln!(
        out,
        "  its threads {}",
        said(ended, "have ended", "are still running")
    )
}

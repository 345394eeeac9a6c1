//! How often a value is made that many threads want; and what a panic while making it leaves.

use once::by_hand;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, LazyLock, Once, OnceLock};
use std::thread;

const THREADS: usize = 8;

fn main() -> io::Result<()> {
    demo::no_arguments();
    // The panics below are meant.
    panic::set_hook(Box::new(|_| ()));
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "{THREADS} threads want a value that nobody has made yet."
    )?;
    writeln!(out, "  get, then set:  made {} times", get_then_set())?;
    writeln!(out, "  get_or_init:    made {} time", get_or_init())?;

    writeln!(out, "The first to make it panics. The next one:")?;
    let cell = OnceLock::new();
    writeln!(
        out,
        "  OnceLock:       {}",
        second_try(|make| *cell.get_or_init(make))
    )?;
    let cell = by_hand::OnceLock::default();
    writeln!(
        out,
        "  by hand:        {}",
        second_try(|make| *cell.get_or_init(make))
    )?;
    let tries = AtomicUsize::new(0);
    let lazy = LazyLock::new(|| make_at_second_try(&tries));
    writeln!(out, "  LazyLock:       {}", second_try(|_| *lazy))?;
    let once = Once::new();
    let call = second_try(|make| {
        once.call_once(|| assert!(!make().is_empty()));
        "made at the second try"
    });
    writeln!(out, "  Once:           {call}")
}

/// How often it is made by threads that look first. All look before any has made it: here a barrier
/// sees to that; without it that happens now and then.
fn get_then_set() -> usize {
    let (cell, made) = (OnceLock::new(), AtomicUsize::new(0));
    let all_have_looked = Barrier::new(THREADS);
    in_threads(|| {
        if cell.get().is_none() {
            all_have_looked.wait();
            made.fetch_add(1, Ordering::Relaxed);
            let _ = cell.set("a value"); // an error for all but the first
        }
    });
    made.into_inner()
}

fn get_or_init() -> usize {
    let (cell, made) = (OnceLock::new(), AtomicUsize::new(0));
    let all_are_here = Barrier::new(THREADS);
    in_threads(|| {
        all_are_here.wait();
        cell.get_or_init(|| made.fetch_add(1, Ordering::Relaxed));
    });
    made.into_inner()
}

fn in_threads(work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(&work);
        }
    });
}

/// What comes of the second call of `get`, when making the value panics the first time.
fn second_try(get: impl Fn(&dyn Fn() -> &'static str) -> &'static str) -> String {
    let tries = AtomicUsize::new(0);
    let make = || make_at_second_try(&tries);
    let attempt = || panic::catch_unwind(AssertUnwindSafe(|| get(&make)));
    assert!(attempt().is_err(), "the first try panics");
    match attempt() {
        Ok(value) => format!("gets it, {value}"),
        Err(payload) => {
            let message = payload.downcast_ref::<&str>();
            let message = message.expect("std's message is fixed");
            assert!(message.ends_with("instance has previously been poisoned"));
            "panics as well, it is poisoned".into()
        }
    }
}

fn make_at_second_try(tries: &AtomicUsize) -> &'static str {
    let before = tries.fetch_add(1, Ordering::Relaxed);
    assert!(before > 0, "the first try fails");
    "made at the second try"
}

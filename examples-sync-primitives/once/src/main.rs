//! How often a value is computed that several threads need, and what a panic during that leaves.

use once::by_hand;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, LazyLock, Once, OnceLock};
use std::thread;

const THREADS: usize = 8;

fn main() -> io::Result<()> {
    demo::no_arguments();
    panic::set_hook(Box::new(|_| ())); // the panics below are intended
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "{THREADS} threads need a value that nobody has computed yet."
    )?;
    writeln!(
        out,
        "  get() is None, then set():  computed {} times",
        get_then_set()
    )?;
    writeln!(
        out,
        "  get_or_init():              computed {} time",
        get_or_init()
    )?;

    writeln!(
        out,
        "The first attempt to compute it fails. The second caller of"
    )?;
    let cell = OnceLock::new();
    writeln!(
        out,
        "  OnceLock:          {}",
        second_call(|init| *cell.get_or_init(init))
    )?;
    let cell = by_hand::OnceLock::new();
    writeln!(
        out,
        "  OnceLock by hand:  {}",
        second_call(|init| *cell.get_or_init(init))
    )?;
    let attempts = AtomicUsize::new(0);
    let lazy = LazyLock::new(|| fails_at_first(&attempts));
    writeln!(out, "  LazyLock:          {}", second_call(|_| *lazy))?;
    let once = Once::new();
    let call = second_call(|init| {
        once.call_once(|| assert!(!init().is_empty()));
        "computed at the second attempt"
    });
    writeln!(out, "  Once:              {call}")
}

/// How often threads compute the value that check first. A barrier makes sure that all check
/// before any of them sets it; without the barrier that happens now and then.
fn get_then_set() -> usize {
    let (cell, computed) = (OnceLock::new(), AtomicUsize::new(0));
    let all_have_checked = Barrier::new(THREADS);
    in_threads(|| {
        if cell.get().is_none() {
            all_have_checked.wait();
            computed.fetch_add(1, Ordering::Relaxed);
            let _ = cell.set("a value"); // an error for all but the first
        }
    });
    computed.into_inner()
}

fn get_or_init() -> usize {
    let (cell, computed) = (OnceLock::new(), AtomicUsize::new(0));
    let all_are_here = Barrier::new(THREADS);
    in_threads(|| {
        all_are_here.wait();
        cell.get_or_init(|| computed.fetch_add(1, Ordering::Relaxed));
    });
    computed.into_inner()
}

fn in_threads(work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(&work);
        }
    });
}

/// What the second call of `get` gives, if the first attempt panics.
fn second_call(get: impl Fn(&dyn Fn() -> &'static str) -> &'static str) -> String {
    let attempts = AtomicUsize::new(0);
    let init = || fails_at_first(&attempts);
    let attempt = || panic::catch_unwind(AssertUnwindSafe(|| get(&init)));
    assert!(attempt().is_err(), "the first attempt panics");
    match attempt() {
        Ok(value) => format!("gets the value, {value}"),
        Err(payload) => {
            let message = payload.downcast_ref::<&str>();
            let message = message.expect("std's message is fixed");
            assert!(message.ends_with("instance has previously been poisoned"));
            "panics as well: poisoned".into()
        }
    }
}

fn fails_at_first(attempts: &AtomicUsize) -> &'static str {
    let before = attempts.fetch_add(1, Ordering::Relaxed);
    assert!(before > 0, "the first attempt fails");
    "computed at the second attempt"
}

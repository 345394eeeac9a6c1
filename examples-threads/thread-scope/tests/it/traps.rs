//! The traps of the page.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "the functions beside the tests show what panics"
)]

use std::hint::black_box;
use std::panic::catch_unwind;
use std::sync::Barrier;
use std::thread;
use testing::{child, watchdog};

// ANCHOR: implicit
/// Wrong: nobody joins the handle, so only the scope notices the panic.
fn joined_by_the_scope() {
    thread::scope(|scope| {
        scope.spawn(|| panic!("the disk is full"));
    });
}
// ANCHOR_END: implicit

// ANCHOR: explicit
/// Right: `join` returns what the thread panicked with.
fn joined_by_hand() -> Result<(), String> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| panic!("the disk is full"));
        thread.join().map_err(|panic| {
            let text = panic.downcast_ref::<&str>(); // a String if it was formatted
            text.copied().unwrap_or("a panic without a text").to_owned()
        })
    })
}
// ANCHOR_END: explicit

#[test]
fn the_scope_alone_loses_what_the_thread_said() {
    let panic = catch_unwind(joined_by_the_scope).unwrap_err();
    let said = panic.downcast_ref::<&str>();
    assert_eq!(said, Some(&"a scoped thread panicked"));
}

#[test]
fn join_returns_what_the_thread_said() {
    assert_eq!(joined_by_hand(), Err("the disk is full".into()));
}

// ANCHOR: meet
fn meet(all: &Barrier) -> usize {
    all.wait();
    1
}
// ANCHOR_END: meet

// ANCHOR: lazy
/// Wrong: an iterator is lazy, so each thread is joined before the next is spawned.
fn one_after_another(both: &Barrier) -> usize {
    thread::scope(|scope| {
        (0..2)
            .map(|_| scope.spawn(|| meet(both)))
            .map(|thread| thread.join().unwrap())
            .sum()
    })
}
// ANCHOR_END: lazy

// ANCHOR: collected
/// Right: `collect` spawns all of them, and then they are joined.
fn at_the_same_time(both: &Barrier) -> usize {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| meet(both))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    })
}
// ANCHOR_END: collected

#[test]
fn threads_joined_in_a_lazy_iterator_never_meet() {
    let test = "traps::threads_joined_in_a_lazy_iterator_never_meet";
    watchdog::assert_hangs(test, "the first one waits", || {
        println!("the first one waits");
        one_after_another(&Barrier::new(2));
    });
}

#[test]
fn collected_threads_meet() {
    watchdog::assert_ends(|| assert_eq!(at_the_same_time(&Barrier::new(2)), 2));
}

#[expect(unconditional_recursion, reason = "it is meant to overflow the stack")]
fn endless() -> u64 {
    1 + black_box(endless()) // or the optimizer makes a loop of it
}

fn depth(n: u64) -> u64 {
    if n == 0 {
        0
    } else {
        1 + black_box(depth(n - 1))
    }
}

/// `join` cannot return it: the whole process ends.
#[test]
fn an_overflow_of_the_stack_ends_the_process() {
    let test = concat!(
        module_path!(),
        "::an_overflow_of_the_stack_ends_the_process"
    );
    child::assert_caught(test, "has overflowed its stack", || {
        let joined = thread::spawn(endless).join();
        println!("joined: {joined:?}");
        std::process::exit(0);
    });
}

/// A million levels with at least 16 bytes each do not fit into 2 MiB; 256 MiB are enough.
#[test]
fn the_same_depth_needs_a_larger_stack() {
    let test = concat!(module_path!(), "::the_same_depth_needs_a_larger_stack");
    child::assert_caught(test, "has overflowed its stack", || {
        let small = thread::Builder::new().stack_size(2 << 20);
        let thread = small.spawn(|| depth(1_000_000)).expect("2 MiB are there");
        let _ = thread.join();
    });
    let large = thread::Builder::new().stack_size(256 << 20);
    let thread = large
        .spawn(|| depth(1_000_000))
        .expect("the system lends it");
    assert_eq!(thread.join().unwrap(), 1_000_000);
}

#[test]
#[cfg(target_os = "linux")]
// ANCHOR: name
fn linux_cuts_the_name_to_15_bytes() {
    let named = thread::Builder::new().name("image-resizer-number-7".into());
    let thread = named.spawn(|| {
        let full = thread::current().name().map(String::from);
        let seen = std::fs::read_to_string("/proc/thread-self/comm"); // as top and gdb see it
        (full, seen.unwrap())
    });
    let (full, seen) = thread.unwrap().join().unwrap();
    assert_eq!(full.as_deref(), Some("image-resizer-number-7"));
    assert_eq!(seen, "image-resizer-n\n");
}
// ANCHOR_END: name

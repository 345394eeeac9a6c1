//! The traps of the page, as facts about std.
#![expect(
    clippy::declare_interior_mutable_const,
    clippy::borrow_interior_mutable_const,
    clippy::panic,
    reason = "the traps as people write them"
)]

use std::fmt::Debug;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Once, OnceLock};
use std::thread;
use testing::watchdog;

// ANCHOR: from-itself
static LINES: OnceLock<Vec<String>> = OnceLock::new();

/// While the lines are computed, something asks for them: in real programs, a few calls further
/// down.
fn computed_from_itself() {
    let lines = LINES.get_or_init(|| {
        println!("computes it");
        vec![format!("line 1 of {}", number_of_lines())]
    });
    println!("{lines:?}");
}

fn number_of_lines() -> usize {
    LINES.get_or_init(Vec::new).len() // waits for itself, forever
}
// ANCHOR_END: from-itself

// ANCHOR: circle
static CHICKEN: LazyLock<String> = LazyLock::new(|| {
    println!("computes it");
    format!("from {}", *EGG)
});
static EGG: LazyLock<String> = LazyLock::new(|| format!("from {}", *CHICKEN));
// ANCHOR_END: circle

#[test]
fn a_value_computed_from_itself_hangs() {
    watchdog::assert_hangs(
        "traps::a_value_computed_from_itself_hangs",
        "computes it",
        computed_from_itself,
    );
}

#[test]
fn values_that_need_each_other_hang() {
    let body = || println!("{}", *CHICKEN);
    watchdog::assert_hangs(
        "traps::values_that_need_each_other_hang",
        "computes it",
        body,
    );
}

// ANCHOR: poisoned
fn message_of<T: Debug>(work: fn() -> T) -> &'static str {
    let payload = panic::catch_unwind(work).expect_err("it panics");
    payload
        .downcast_ref()
        .copied()
        .expect("a constant message is a &str")
}

fn fail<T>() -> T {
    panic!("no network")
}

#[test]
fn what_a_panic_leaves() {
    static ONCE: OnceLock<u32> = OnceLock::new();
    static LAZY: LazyLock<u32> = LazyLock::new(fail);
    static CALL: Once = Once::new();

    assert!(panic::catch_unwind(|| ONCE.get_or_init(fail)).is_err());
    assert_eq!(ONCE.get_or_init(|| 1), &1); // still empty: the next caller computes it

    assert_eq!(message_of(|| *LAZY), "no network");
    assert!(message_of(|| *LAZY).ends_with("instance has previously been poisoned"));
    assert!(message_of(|| *LAZY).ends_with("poisoned")); // from now on, forever

    assert_eq!(message_of(|| CALL.call_once(fail)), "no network");
    let message = message_of(|| CALL.call_once(|| ()));
    assert_eq!(message, "Once instance has previously been poisoned");
    CALL.call_once_force(|state| assert!(state.is_poisoned())); // knows, and tries again
    assert!(CALL.is_completed());
}
// ANCHOR_END: poisoned

#[test]
// ANCHOR: const
fn a_const_is_computed_at_each_use() {
    static COMPUTED: AtomicUsize = AtomicUsize::new(0);
    const LIMIT: LazyLock<usize> = LazyLock::new(|| COMPUTED.fetch_add(1, Ordering::Relaxed));

    // Wrong: a `const` is a value that is pasted at each use. Each line has a LazyLock of its
    // own.
    assert_eq!(*LIMIT, 0);
    assert_eq!(*LIMIT, 1);

    static RIGHT: LazyLock<usize> = LazyLock::new(|| COMPUTED.fetch_add(1, Ordering::Relaxed));
    assert_eq!(*RIGHT, *RIGHT);
}
// ANCHOR_END: const

#[test]
fn wait_for_a_value_that_another_thread_sets() {
    let _limit = watchdog::limit();
    // ANCHOR: wait
    static CONFIG: OnceLock<String> = OnceLock::new();

    let waits = thread::spawn(|| CONFIG.wait().len()); // since Rust 1.86
    CONFIG.set("abc".to_owned()).expect("set only here");
    assert_eq!(waits.join().unwrap(), 3);
    // ANCHOR_END: wait
}

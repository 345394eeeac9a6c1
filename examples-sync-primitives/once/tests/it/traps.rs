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

// ANCHOR: from-itself
static LINES: OnceLock<Vec<String>> = OnceLock::new();

/// While the lines are made, something asks for them: three functions further down, in real life.
fn made_from_itself() {
    let lines = LINES.get_or_init(|| {
        println!("makes it");
        vec![format!("line 1 of {}", number_of_lines())]
    });
    println!("{lines:?}");
}

fn number_of_lines() -> usize {
    LINES.get_or_init(Vec::new).len() // waits for itself, for ever
}
// ANCHOR_END: from-itself

// ANCHOR: circle
static CHICKEN: LazyLock<String> = LazyLock::new(|| {
    println!("makes it");
    format!("from {}", *EGG)
});
static EGG: LazyLock<String> = LazyLock::new(|| format!("from {}", *CHICKEN));
// ANCHOR_END: circle

#[test]
fn a_value_made_from_itself_hangs() {
    testing::watchdog::assert_hangs(
        "traps::a_value_made_from_itself_hangs",
        "makes it",
        made_from_itself,
    );
}

#[test]
fn values_that_need_each_other_hang() {
    let body = || println!("{}", *CHICKEN);
    testing::watchdog::assert_hangs("traps::values_that_need_each_other_hang", "makes it", body);
}

// ANCHOR: poisoned
fn fail<T>() -> T {
    panic!("no network")
}

#[test]
fn what_a_panic_leaves() {
    static ONCE: OnceLock<u32> = OnceLock::new();
    static LAZY: LazyLock<u32> = LazyLock::new(fail);
    static CALL: Once = Once::new();

    assert!(panic::catch_unwind(|| ONCE.get_or_init(fail)).is_err());
    assert_eq!(ONCE.get_or_init(|| 1), &1); // empty until now: the next one makes it

    assert_eq!(message_of(|| *LAZY), "no network");
    assert!(message_of(|| *LAZY).ends_with("instance has previously been poisoned"));
    assert!(message_of(|| *LAZY).ends_with("poisoned")); // from now on, for ever

    assert_eq!(message_of(|| CALL.call_once(fail)), "no network");
    let message = message_of(|| CALL.call_once(|| ()));
    assert_eq!(message, "Once instance has previously been poisoned");
    CALL.call_once_force(|state| assert!(state.is_poisoned())); // knows, and tries again
    assert!(CALL.is_completed());
}
// ANCHOR_END: poisoned

fn message_of<T: Debug>(work: fn() -> T) -> &'static str {
    let payload = panic::catch_unwind(work).expect_err("it panics");
    payload
        .downcast_ref()
        .copied()
        .expect("a message without numbers is a &str")
}

static MADE: AtomicUsize = AtomicUsize::new(0);

#[test]
// ANCHOR: const
fn a_const_is_made_at_each_use() {
    const LIMIT: LazyLock<usize> = LazyLock::new(|| MADE.fetch_add(1, Ordering::Relaxed));

    // `const` means: put it in here, anew. Each line has a LazyLock of its own.
    assert_eq!(*LIMIT, 0);
    assert_eq!(*LIMIT, 1);
}
// ANCHOR_END: const

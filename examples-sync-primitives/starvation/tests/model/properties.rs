//! What the lock promises, each in a sentence, as models that loom runs in every order.

use super::starvation::PriorityLock;
use std::cell::Cell;
use std::sync::Arc;
use std::thread;

/// Who had the lock, in order.
type Lock = PriorityLock<Vec<&'static str>>;

const NO_LIMIT: usize = usize::MAX;

thread_local! {
    /// Whether the case that a property is about came up in any order: else it would prove nothing.
    static MET: Cell<bool> = const { Cell::new(false) };
}

/// One thread at a time has the lock, and each that waits has it in the end: no wake-up is lost.
pub(crate) fn one_at_a_time_and_everyone_in_the_end() {
    model::check(|| {
        let lock = Arc::new(PriorityLock::new(Vec::new(), 1));
        let other = spawn(&lock, "other", 9);
        enter(&lock, "main", 5);
        enter(&lock, "again", 5);
        join(other);
        assert_eq!(lock.lock(5).len(), 3, "somebody did not have it");
        assert_eq!(lock.waiting(), 0);
    });
}

/// Two who wait at the same time both have it in the end.
pub(crate) fn both_who_wait_have_it_in_the_end() {
    model::check(|| {
        model::switch_before_unlock(); // who has its turn tries the lock of the value
        let lock = Arc::new(PriorityLock::new(Vec::new(), 1));
        let held = lock.lock(5);
        let (low, high) = (spawn(&lock, "low", 1), spawn(&lock, "high", 9));
        drop(held);
        join(low);
        join(high);
        assert_eq!(lock.lock(5).len(), 2, "somebody did not have it");
    });
}

/// A wake-up without a reason lets nobody in before its turn.
pub(crate) fn no_turn_by_spurious_wake_ups() {
    model::check(|| {
        let lock = Arc::new(PriorityLock::new(Vec::new(), 0));
        let held = lock.lock(5);
        let other = spawn(&lock, "other", 9);
        let disturber = thread::spawn(model::wake_for_nothing);
        lock.waiting(); // here the others may come
        drop(held);
        join(disturber);
        join(other);
    });
}

/// With a patience of 0 nobody who waits is overtaken, not by one who lets go and locks again.
pub(crate) fn with_no_patience_nobody_overtakes() {
    model::check(|| {
        let lock = Arc::new(PriorityLock::new(Vec::new(), 0));
        let held = lock.lock(9);
        let low = spawn(&lock, "low", 1);
        let low_waits = lock.waiting() == 1;
        drop(held);
        lock.lock(9).push("again");
        join(low);
        let first = lock.lock(9)[0];
        assert!(!low_waits || first == "low", "overtaken by {first}");
        MET.set(MET.get() || low_waits);
    });
    assert!(MET.get(), "nobody ever waited");
}

/// Without a limit to patience, the highest who waits goes first.
pub(crate) fn the_highest_goes_first() {
    first_of_two_who_wait(NO_LIMIT, ("low", 1), ("high", 9), "high");
}

/// With a patience of 0, the first to come goes first.
pub(crate) fn with_no_patience_the_first_goes_first() {
    first_of_two_who_wait(0, ("low", 1), ("high", 9), "low");
}

/// Equals go in the order in which they came.
pub(crate) fn equals_go_in_the_order_in_which_they_came() {
    first_of_two_who_wait(NO_LIMIT, ("first", 5), ("second", 5), "first");
}

fn first_of_two_who_wait(
    patience: usize,
    (first, priority): (&'static str, u8),
    (second, second_priority): (&'static str, u8),
    expected: &'static str,
) {
    model::check(move || {
        let lock = Arc::new(PriorityLock::new(Vec::new(), patience));
        let held = lock.lock(5);
        let one = spawn(&lock, first, priority);
        let one_waits = lock.waiting() == 1;
        let other = spawn(&lock, second, second_priority);
        let both_wait = one_waits && lock.waiting() == 2;
        drop(held);
        join(one);
        join(other);
        let found = lock.lock(5)[0];
        assert!(!both_wait || found == expected, "{found} went first");
        MET.set(MET.get() || both_wait);
    });
    assert!(MET.get(), "they never waited at the same time");
}

/// With a patience of 1, who was overtaken once is the next, whoever comes.
pub(crate) fn nobody_is_overtaken_more_often_than_its_patience() {
    model::check(|| {
        let lock = Arc::new(PriorityLock::new(Vec::new(), 1));
        let held = lock.lock(9);
        let low = spawn(&lock, "low", 1);
        let low_waits = lock.waiting() == 1;
        let high = spawn(&lock, "high", 9);
        let both_wait = low_waits && lock.waiting() == 2;
        drop(held);
        if both_wait {
            lock.lock(9).push("again");
        }
        join(low);
        join(high);
        let last = *lock.lock(9).last().expect("all had it");
        assert!(!both_wait || last == "again", "overtaken twice");
        MET.set(MET.get() || both_wait);
    });
    assert!(MET.get(), "they never waited at the same time");
}

fn spawn(lock: &Arc<Lock>, name: &'static str, priority: u8) -> thread::JoinHandle<()> {
    let lock = Arc::clone(lock);
    thread::spawn(move || enter(&lock, name, priority))
}

fn enter(lock: &Lock, name: &'static str, priority: u8) {
    let mut order = lock.lock(priority);
    lock.waiting(); // here the others may come
    order.push(name);
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}

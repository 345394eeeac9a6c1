//! What the lock promises: each promise is a sentence and a model that loom runs in every order.

use super::starvation::PriorityLock;
use std::cell::Cell;
use std::sync::Arc;
use std::thread;

/// The threads that had the lock, in order.
type Lock = PriorityLock<Vec<&'static str>>;

const NO_LIMIT: usize = usize::MAX;

thread_local! {
    /// Whether the case of a property came up in any order. Else the property would prove
    /// nothing.
    static MET: Cell<bool> = const { Cell::new(false) };
}

/// One thread at a time has the lock, and every waiting thread gets it: no wake-up is lost.
pub(crate) fn one_thread_at_a_time_and_every_thread_in_the_end() {
    model::check(|| {
        let lock = Arc::new(PriorityLock::new(Vec::new(), 1));
        let other = spawn(&lock, "other", 9);
        enter(&lock, "main", 5);
        enter(&lock, "again", 5);
        join(other);
        assert_eq!(lock.lock(5).len(), 3, "a thread did not get it");
        assert_eq!(lock.waiting(), 0);
    });
}

/// Two threads that wait at the same time both get the lock.
pub(crate) fn both_waiting_threads_get_the_lock() {
    model::check(|| {
        model::switch_before_unlock(); // the thread that has the turn calls try_lock on the value
        let lock = Arc::new(PriorityLock::new(Vec::new(), 1));
        let held = lock.lock(5);
        let (low, high) = (spawn(&lock, "low", 1), spawn(&lock, "high", 9));
        drop(held);
        join(low);
        join(high);
        assert_eq!(lock.lock(5).len(), 2, "a thread did not get it");
    });
}

/// A spurious wake-up lets no thread in before its turn.
pub(crate) fn a_spurious_wake_up_gives_no_turn() {
    model::check(|| {
        let lock = Arc::new(PriorityLock::new(Vec::new(), 0));
        let held = lock.lock(5);
        let other = spawn(&lock, "other", 9);
        let disturber = thread::spawn(model::wake_spuriously);
        lock.waiting(); // lets the other threads run here
        drop(held);
        join(disturber);
        join(other);
    });
}

/// With a patience of 0 no waiting thread is overtaken, even by a holder that locks again.
pub(crate) fn with_patience_0_nobody_overtakes() {
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
    assert!(MET.get(), "no thread ever waited");
}

/// Without a limit, the highest waiting priority goes first.
pub(crate) fn the_highest_priority_goes_first() {
    first_of_two_who_wait(NO_LIMIT, ("low", 1), ("high", 9), "high");
}

/// With a patience of 0, the first to arrive goes first.
pub(crate) fn with_patience_0_the_first_goes_first() {
    first_of_two_who_wait(0, ("low", 1), ("high", 9), "low");
}

/// Equal priorities go in the order of arrival.
pub(crate) fn equal_priorities_go_in_the_order_of_arrival() {
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

/// With a patience of 1, a thread that was overtaken once is next, whatever arrives.
pub(crate) fn no_thread_is_overtaken_more_often_than_its_patience() {
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
    lock.waiting(); // lets the other threads run here
    order.push(name);
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}

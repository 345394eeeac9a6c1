//! What the snippet promises: each promise is a sentence and a model that loom runs in every
//! order.

use super::atomics::{Budget, Counter, HighWater, StopFlag};
use std::sync::Arc;
use std::thread;

/// After the join, everything that two threads added is counted, although Relaxed.
pub(crate) fn no_count_is_lost() {
    model::check(|| {
        let counter = Arc::new(Counter::default());
        both(&counter, |counter| {
            counter.add(1);
            counter.add(1);
        });
        assert_eq!(counter.get(), 4, "a count is lost");
    });
}

/// Each of three callers gets a number of its own.
pub(crate) fn no_number_is_given_twice() {
    model::check(|| {
        let counter = Arc::new(Counter::default());
        let third = Arc::clone(&counter);
        let third = thread::spawn(move || third.add(1));
        let (one, other) = both(&counter, |counter| counter.add(1));
        let third = third.join().expect("it does not panic");
        let mut numbers = [one, other, third];
        numbers.sort();
        assert_eq!(numbers, [0, 1, 2], "given twice");
    });
}

/// If two threads call `stop`, exactly one is the first, and then the flag is set.
pub(crate) fn one_of_two_is_the_first_to_stop() {
    model::check(|| {
        let flag = Arc::new(StopFlag::default());
        let (one, other) = both(&flag, |flag| flag.stop());
        assert!(one != other, "two were the first, or none");
        assert!(flag.is_stopped());
    });
}

/// If two threads together want more than there is, they do not both get it.
pub(crate) fn no_more_is_taken_than_there_is() {
    model::check(|| {
        let budget = Arc::new(Budget::new(3));
        let (one, other) = both(&budget, |budget| budget.take(2));
        assert!(!(one && other), "more than there is");
        let taken = 2 * (u64::from(one) + u64::from(other));
        assert_eq!(taken + budget.left(), 3, "do not add up");
    });
}

/// If two threads together want exactly what there is, both get it, in any order.
pub(crate) fn requests_that_fit_are_granted() {
    model::check(|| {
        let budget = Arc::new(Budget::new(4));
        let (one, other) = both(&budget, |budget| budget.take(2));
        assert!(one && other, "refused");
        assert_eq!(budget.left(), 0, "do not add up");
    });
}

/// Units given back while others take are counted.
pub(crate) fn units_given_back_are_counted() {
    model::check(|| {
        let budget = Arc::new(Budget::new(3));
        both(&budget, |budget| {
            assert!(budget.take(1));
            budget.give_back(1);
            assert!(budget.left() <= 3);
        });
        assert_eq!(budget.left(), 3, "do not add up");
    });
}

/// Two threads that give back more than fits leave exactly the limit.
pub(crate) fn giving_back_never_exceeds_the_limit() {
    model::check(|| {
        let budget = Arc::new(Budget::new(3));
        assert!(budget.take(1));
        both(&budget, |budget| budget.give_back(1));
        assert_eq!(budget.left(), 3, "above the limit");
    });
}

/// A lower value never replaces a higher one.
pub(crate) fn the_highest_value_is_kept() {
    model::check(|| {
        let high = Arc::new(HighWater::default());
        let other = Arc::clone(&high);
        let lower = thread::spawn(move || other.record(1));
        high.record(2);
        lower.join().expect("it does not panic");
        assert_eq!(high.take(), 2, "the highest is lost");
    });
}

/// A value that is recorded during a `take` is returned by this `take` or by the next one.
pub(crate) fn no_value_is_lost_between_reading_and_resetting() {
    model::check(|| {
        let high = Arc::new(HighWater::default());
        let other = Arc::clone(&high);
        let records = thread::spawn(move || other.record(1));
        let first = high.take();
        records.join().expect("it does not panic");
        assert_eq!(first.max(high.take()), 1, "a value is lost");
    });
}

/// The results of two threads that do the same.
fn both<S: Send + Sync + 'static, R: 'static>(shared: &Arc<S>, work: fn(&S) -> R) -> (R, R) {
    let other = Arc::clone(shared);
    let thread = thread::spawn(move || work(&other));
    let one = work(shared);
    (
        one,
        thread.join().expect("a panic would have ended the model"),
    )
}

//! What the snippet promises, each in a sentence, as models that loom runs in every order.

use super::atomics::{Budget, Counter, HighWater, StopFlag};
use std::sync::Arc;
use std::thread;

/// What two threads add is there after the join, Relaxed or not.
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

/// Each caller gets a number of its own.
pub(crate) fn no_number_is_given_twice() {
    model::check(|| {
        let counter = Arc::new(Counter::default());
        let (one, other) = both(&counter, |counter| counter.add(1));
        assert_ne!(one, other, "given twice");
    });
}

/// Of two who stop, one is the first; and a stop is seen in the end.
pub(crate) fn one_is_the_first_to_stop() {
    model::check(|| {
        let flag = Arc::new(StopFlag::default());
        let (one, other) = both(&flag, |flag| flag.stop());
        assert!(one != other, "two were the first, or none");
        assert!(flag.is_stopped());
    });
}

/// Two who want more than there is do not both get it.
pub(crate) fn no_more_is_taken_than_there_is() {
    model::check(|| {
        let budget = Arc::new(Budget::new(3));
        let (one, other) = both(&budget, |budget| budget.take(2));
        assert!(!(one && other), "more than there is");
        let taken = 2 * (u64::from(one) + u64::from(other));
        assert_eq!(taken + budget.left(), 3, "do not add up");
    });
}

/// Two who together want what there is both get it, whoever comes first.
pub(crate) fn what_fits_is_not_refused() {
    model::check(|| {
        let budget = Arc::new(Budget::new(4));
        let (one, other) = both(&budget, |budget| budget.take(2));
        assert!(one && other, "refused");
        assert_eq!(budget.left(), 0, "do not add up");
    });
}

/// What is given back while others take is counted, and never goes above the limit.
pub(crate) fn nothing_given_back_is_lost_nor_above_the_limit() {
    model::check(|| {
        let budget = Arc::new(Budget::new(3));
        both(&budget, |budget| {
            assert!(budget.take(1));
            budget.give_back(1);
            assert!(budget.left() <= 3);
        });
        assert_eq!(budget.left(), 3, "do not add up");
        budget.give_back(1);
        assert_eq!(budget.left(), 3);
    });
}

/// A lower value never takes the place of a higher one.
pub(crate) fn the_highest_is_kept() {
    model::check(|| {
        let high = Arc::new(HighWater::default());
        let other = Arc::clone(&high);
        let lower = thread::spawn(move || other.record(1));
        high.record(2);
        lower.join().expect("it does not panic");
        assert_eq!(high.take(), 2, "the highest is lost");
    });
}

/// A value that is recorded while somebody takes the highest is in this one or in the next.
pub(crate) fn nothing_falls_between_looking_and_beginning_anew() {
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

//! What the snippet promises: each promise is a sentence and a model that loom runs in every
//! order.

use super::race::{Budget, Names, Tickets};
use std::sync::Arc;
use std::thread;

/// Three callers get three different numbers, and none is left out.
pub(crate) fn no_number_is_handed_out_twice() {
    model::check(|| {
        let tickets = Arc::new(Tickets::default());
        let third = Arc::clone(&tickets);
        let third = thread::spawn(move || third.take());
        let [one, other] = in_two_threads(&tickets, Tickets::take);
        let third = third.join().expect("a panic would have ended the model");
        let mut taken = [one, other, third];
        taken.sort_unstable();
        assert_eq!(taken, [0, 1, 2], "handed out twice");
    });
}

/// If there is enough for one of two, one spends it.
pub(crate) fn no_more_is_spent_than_there_is() {
    model::check(|| {
        let budget = Arc::new(Budget::new(100));
        let spent = in_two_threads(&budget, |budget| budget.spend(80));
        assert!(spent.contains(&false), "both spent it");
        assert!(spent.contains(&true), "neither could spend it");
        assert_eq!(budget.left(), 20, "left in the end");
    });
}

/// If there is enough for both of two, both spend it, in any order of their steps.
pub(crate) fn both_can_spend_if_there_is_enough_for_both() {
    model::check(|| {
        let budget = Arc::new(Budget::new(100));
        let spent = in_two_threads(&budget, |budget| budget.spend(40));
        assert_eq!(spent, [true, true], "refused, although there was enough");
        assert_eq!(budget.left(), 20, "left in the end");
    });
}

/// If two claim a name, one of them gets it, and the other learns which thread has it.
pub(crate) fn a_name_has_one_owner() {
    model::check(|| {
        let names = Arc::new(Names::default());
        let shared = Arc::clone(&names);
        let other = thread::spawn(move || shared.claim("ann", "other"));
        let mine = names.claim("ann", "me");
        let others = other.join().expect("a panic would have ended the model");
        assert_ne!(mine.is_ok(), others.is_ok(), "both own it, or neither");
        let owner = if mine.is_ok() { "me" } else { "other" };
        assert_eq!(mine.and(others), Err(owner.to_owned()));
    });
}

fn in_two_threads<T, R>(shared: &Arc<T>, step: fn(&T) -> R) -> [R; 2]
where
    T: Send + Sync + 'static,
    R: Send + 'static,
{
    let theirs = Arc::clone(shared);
    let other = thread::spawn(move || step(&theirs));
    let mine = step(shared);
    let others = other.join().expect("a panic would have ended the model");
    [mine, others]
}

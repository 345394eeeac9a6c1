//! What the snippet promises, each in a sentence, as models that loom runs in every order.

use super::race::{Budget, Names, Tickets};
use std::sync::Arc;
use std::thread;

/// No number is handed out twice, and none is left out.
pub(crate) fn no_number_is_handed_out_twice() {
    model::check(|| {
        let tickets = Arc::new(Tickets::default());
        let mut taken = in_two_threads(&tickets, Tickets::take);
        taken.sort_unstable();
        assert_eq!(taken, [0, 1], "handed out twice");
    });
}

/// What is enough for one is spent once.
pub(crate) fn no_more_is_spent_than_there_is() {
    model::check(|| {
        let budget = Arc::new(Budget::new(100));
        let spent = in_two_threads(&budget, |budget| budget.spend(80));
        assert!(spent.contains(&false), "both spent it");
        assert!(spent.contains(&true), "nobody could spend it");
        assert_eq!(budget.left(), 20, "left in the end");
    });
}

/// What is enough for both is spent by both, whoever comes between.
pub(crate) fn what_is_enough_for_both_is_spent_by_both() {
    model::check(|| {
        let budget = Arc::new(Budget::new(100));
        let spent = in_two_threads(&budget, |budget| budget.spend(40));
        assert_eq!(spent, [true, true], "refused, though there was enough");
        assert_eq!(budget.left(), 20, "left in the end");
    });
}

/// Of two who claim a name one has it, and the other learns who.
pub(crate) fn a_name_has_one_owner() {
    model::check(|| {
        let names = Arc::new(Names::default());
        let shared = Arc::clone(&names);
        let other = thread::spawn(move || shared.claim("ann", "other"));
        let mine = names.claim("ann", "me");
        let others = other.join().expect("a panic would have ended the model");
        assert_ne!(mine.is_ok(), others.is_ok(), "both own it, or nobody");
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

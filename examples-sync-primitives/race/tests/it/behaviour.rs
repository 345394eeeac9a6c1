//! The snippet with many real threads: what is handed out, spent and claimed adds up.

use race::{Budget, Names, Tickets};
use std::thread;
use testing::watchdog;

/// All three may be shared and sent, and may be in a static.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Tickets>();
    sendable_and_shareable::<Budget>();
    sendable_and_shareable::<Names>();
    static _IN_A_STATIC: (Tickets, Budget, Names) = (Tickets::new(), Budget::new(1), Names::new());
};

const THREADS: usize = 8;
const EACH: usize = 5_000;

/// The results of all turns of all threads.
fn in_threads<R: Send>(step: impl Fn(usize) -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let threads = [(); THREADS].map(|()| {
            let step = &step;
            scope.spawn(move || (0..EACH).map(step).collect::<Vec<_>>())
        });
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("it does not panic"))
            .collect()
    })
}

#[test]
fn every_number_is_handed_out_once() {
    let _limit = watchdog::limit();
    let tickets = Tickets::default();
    let mut taken = in_threads(|_| tickets.take());
    taken.sort_unstable();
    let all: Vec<u64> = (0..).take(THREADS * EACH).collect();
    assert_eq!(taken, all);
}

#[test]
fn spent_and_left_add_up() {
    let _limit = watchdog::limit();
    let amount = 3 * u64::try_from(THREADS * EACH).unwrap();
    let budget = Budget::new(amount + 1);
    let spent = in_threads(|_| u64::from(budget.spend(7)) * 7);
    assert_eq!(spent.iter().sum::<u64>() + budget.left(), amount + 1);
    assert!(
        budget.left() < 7,
        "some were refused although there was enough"
    );
}

#[test]
fn a_budget_can_be_spent_to_the_last_unit() {
    let _limit = watchdog::limit();
    let budget = Budget::new(5);
    assert!(!budget.spend(6));
    assert!(!budget.spend(u64::MAX));
    assert!(budget.spend(0));
    assert!(budget.spend(5));
    assert!(!budget.spend(1));
    assert_eq!(budget.left(), 0);
}

#[test]
fn each_name_has_one_owner() {
    let _limit = watchdog::limit();
    let names = Names::default();
    let claimed = in_threads(|turn| names.claim(&turn.to_string(), "somebody"));
    let refused = claimed.iter().filter_map(|claim| claim.as_ref().err());
    assert!(refused.clone().all(|owner| owner == "somebody"));
    assert_eq!(refused.count(), (THREADS - 1) * EACH);
}

#[test]
fn a_refused_claim_changes_no_owner() {
    let _limit = watchdog::limit();
    let names = Names::new();
    assert_eq!(names.claim("name", "first"), Ok(()));
    for other in ["second", "third", "first"] {
        assert_eq!(names.claim("name", other), Err("first".to_owned()));
    }
}

//! The snippet with real threads and many rounds.

use atomics::{Budget, Counter, HighWater, StopFlag};
use std::sync::Mutex;
use std::thread;
use testing::watchdog;

/// All of them may be shared, and may be in a static.
const _: () = {
    const fn shareable<T: Sync>() {}
    shareable::<(Counter, StopFlag, Budget, HighWater)>();
    static _IN_A_STATIC: (Counter, StopFlag, Budget, HighWater) = (
        Counter::new(),
        StopFlag::new(),
        Budget::new(1),
        HighWater::new(),
    );
};

const THREADS: u64 = 4;
const EACH: u64 = 20_000;

fn by_all(work: impl Fn(u64) + Sync) {
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let work = &work;
            scope.spawn(move || work(thread));
        }
    });
}

#[test]
fn no_count_is_lost_and_no_number_is_given_twice() {
    let _limit = watchdog::limit();
    let counter = Counter::default();
    let given = Mutex::new(Vec::new());
    by_all(|_| {
        let numbers: Vec<u64> = (0..EACH).map(|_| counter.add(1)).collect();
        assert!(numbers.is_sorted());
        given.lock().unwrap().extend(numbers);
    });
    let mut given = given.into_inner().unwrap();
    given.sort();
    assert!(given.into_iter().eq(0..THREADS * EACH));
    assert_eq!(counter.get(), THREADS * EACH);
}

#[test]
fn units_that_are_taken_and_given_back_add_up() {
    let _limit = watchdog::limit();
    let budget = Budget::new(10);
    let (taken, refused) = (Counter::default(), Counter::default());
    by_all(|_| {
        for _ in 0..EACH {
            if budget.take(3) {
                taken.add(1);
                assert!(budget.left() <= 7);
                budget.give_back(3);
            } else {
                refused.add(1);
            }
        }
    });
    assert_eq!(taken.get() + refused.get(), THREADS * EACH);
    assert_eq!(budget.left(), 10);
}

#[test]
fn a_budget_at_its_limits() {
    let _limit = watchdog::limit();
    let budget = Budget::new(u64::MAX);
    assert!(budget.take(u64::MAX));
    assert!(!budget.take(1));
    assert!(budget.take(0));
    budget.give_back(u64::MAX);
    budget.give_back(u64::MAX);
    assert_eq!(budget.left(), u64::MAX);
    assert!(!Budget::new(0).take(1));
}

#[test]
fn the_highest_value_and_zero_afterwards() {
    let _limit = watchdog::limit();
    let high = HighWater::default();
    by_all(|thread| (0..EACH).for_each(|value| high.record(value * THREADS + thread)));
    assert_eq!(high.take(), THREADS * EACH - 1);
    assert_eq!(high.take(), 0);
}

#[test]
fn a_stop_reaches_the_threads_that_check() {
    let _limit = watchdog::limit();
    let stop = StopFlag::default();
    let first = Counter::default();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.is_stopped() {
                    thread::yield_now();
                }
            });
        }
        by_all(|_| {
            first.add(u64::from(stop.stop()));
        });
    });
    assert_eq!(first.get(), 1);
}

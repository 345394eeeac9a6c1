//! `lock_both` with real threads.

use deadlock::lock_both;
use std::sync::Mutex;
use std::thread;
use testing::watchdog;

#[test]
fn transfers_in_all_directions_end_and_add_up() {
    let _limit = watchdog::limit();
    let accounts = [100_i64, 200, 300, 400].map(Mutex::new);
    thread::scope(|scope| {
        for seat in 0..8 {
            let accounts = &accounts;
            scope.spawn(move || {
                for step in 0..5_000 {
                    let (from, to) = ((seat + step) % 4, (seat * 3 + step * 7) % 4);
                    if let Some((mut from, mut to)) = lock_both(&accounts[from], &accounts[to]) {
                        *from -= 1;
                        *to += 1;
                    } else {
                        assert_eq!(from, to);
                    }
                }
            });
        }
    });
    let total: i64 = accounts
        .map(|account| account.into_inner().unwrap())
        .iter()
        .sum();
    assert_eq!(total, 1_000);
}

#[test]
fn guards_come_in_the_order_of_the_arguments() {
    let _limit = watchdog::limit();
    let pair = [Mutex::new('a'), Mutex::new('b')];
    let (one, other) = lock_both(&pair[0], &pair[1]).unwrap();
    assert_eq!((*one, *other), ('a', 'b'));
    drop((one, other));
    let (one, other) = lock_both(&pair[1], &pair[0]).unwrap();
    assert_eq!((*one, *other), ('b', 'a'));
}

#[test]
fn the_same_mutex_twice_is_none_and_stays_free() {
    let _limit = watchdog::limit();
    let mutex = Mutex::new(1);
    assert!(lock_both(&mutex, &mutex).is_none());
    assert!(mutex.try_lock().is_ok());
}

#[test]
fn a_poisoned_one_panics_and_poisons_the_other_if_that_was_locked_first() {
    let _limit = watchdog::limit();
    let panics =
        |work: &(dyn Fn() + Sync)| thread::scope(|scope| scope.spawn(work).join()).is_err();
    for (poisoned, other) in [(1, 0), (0, 1)] {
        for (one, two) in [(0, 1), (1, 0)] {
            let pair = [Mutex::new(1), Mutex::new(2)];
            assert!(panics(&|| {
                let _guard = pair[poisoned].lock();
                panic!("meant");
            }));
            assert!(panics(&|| drop(lock_both(&pair[one], &pair[two]))));
            assert_eq!(pair[other].is_poisoned(), other < poisoned);
        }
    }
}

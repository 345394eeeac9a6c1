//! The snippet with real threads, and what a panic leaves behind.

use mutex::{Accounts, Hits, Refused};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Threads may share both types and send them to each other.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Hits>();
    sendable_and_shareable::<Accounts>();
};

#[test]
fn no_hit_is_lost() {
    let _limit = testing::watchdog::limit();
    const THREADS: u64 = 8;
    const EACH: u64 = 10_000;
    let hits = Hits::default();
    let highest = thread::scope(|scope| {
        let add = || (0..EACH).map(|_| hits.add("/")).max().unwrap_or_default();
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(add)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .max()
    });
    assert_eq!(hits.get("/"), THREADS * EACH);
    assert_eq!(highest, Some(THREADS * EACH));
    assert_eq!(hits.get("/unknown"), 0);
}

#[test]
fn the_sum_never_changes() {
    let _limit = testing::watchdog::limit();
    let accounts = Accounts::new(vec![100; 4]);
    let working = AtomicBool::new(true);
    thread::scope(|scope| {
        let looks = scope.spawn(|| {
            let mut looks = 0;
            while working.load(Ordering::Relaxed) || looks == 0 {
                assert_eq!(accounts.total(), Ok(400));
                looks += 1;
            }
        });
        let movers = [0, 1, 2, 3].map(|from| {
            let accounts = &accounts;
            scope.spawn(move || {
                for step in 0..10_000 {
                    let moved = accounts.transfer(from, (from + step) % 4, 30);
                    assert!(matches!(moved, Ok(()) | Err(Refused::TooLow)), "{moved:?}");
                }
            })
        });
        for mover in movers {
            mover.join().unwrap();
        }
        working.store(false, Ordering::Relaxed);
        looks.join().unwrap();
    });
}

#[test]
fn a_refused_transfer_changes_nothing() {
    let _limit = testing::watchdog::limit();
    let accounts = Accounts::new(vec![10, u64::MAX]);
    assert_eq!(accounts.transfer(0, 2, 1), Err(Refused::Unknown(2)));
    assert_eq!(accounts.transfer(7, 0, 1), Err(Refused::Unknown(7)));
    assert_eq!(accounts.transfer(0, 1, 11), Err(Refused::TooLow));
    assert_eq!(accounts.transfer(0, 1, 1), Err(Refused::Overflow));
    assert_eq!(accounts.total(), Ok(u128::from(u64::MAX) + 10));
    assert_eq!(accounts.transfer(0, 0, 10), Ok(()));
    assert_eq!(accounts.total(), Ok(u128::from(u64::MAX) + 10));
}

#[test]
fn hits_continue_after_a_panic() {
    let _limit = testing::watchdog::limit();
    let hits = Arc::new(Hits::default());
    hits.add("/");
    let shared = Arc::clone(&hits);
    let panicked = thread::spawn(move || shared.each(|_, _| panic!("intended")));
    assert!(panicked.join().is_err());
    assert_eq!(hits.add("/"), 2);
}

#[test]
fn accounts_refuse_after_a_panic_until_repaired() {
    let _limit = testing::watchdog::limit();
    let accounts = Arc::new(Accounts::new(vec![1, 2, 3]));
    let shared = Arc::clone(&accounts);
    let panicked = thread::spawn(move || {
        shared.change_each(|balance| {
            assert!(*balance < 3, "intended");
            *balance = 0;
        })
    });
    assert!(panicked.join().is_err());
    assert_eq!(accounts.total(), Err(Refused::Poisoned));
    assert_eq!(accounts.transfer(0, 1, 1), Err(Refused::Poisoned));
    assert_eq!(accounts.change_each(|_| ()), Err(Refused::Poisoned));
    accounts.repair(vec![1, 2, 3]);
    assert_eq!(accounts.transfer(0, 1, 1), Ok(()));
    assert_eq!(accounts.total(), Ok(6));
}

#[test]
fn each_sees_every_name_with_its_count() {
    let _limit = testing::watchdog::limit();
    static HITS: Hits = Hits::new(); // const, so it can be a static
    for page in ["/b", "/a", "/b"] {
        HITS.add(page);
    }
    let mut seen = Vec::new();
    HITS.each(|name, count| seen.push((name.to_owned(), count)));
    assert_eq!(seen, [("/a".to_owned(), 1), ("/b".to_owned(), 2)]);
}

#[test]
fn change_each_changes_every_balance() {
    let _limit = testing::watchdog::limit();
    let accounts = Accounts::new(vec![1, 2, 3]);
    assert_eq!(accounts.change_each(|balance| *balance *= 10), Ok(()));
    assert_eq!(accounts.total(), Ok(60));
    assert_eq!(accounts.transfer(2, 0, 30), Ok(()));
    assert_eq!(accounts.transfer(2, 0, 1), Err(Refused::TooLow));
}

#[test]
fn a_refusal_says_why() {
    let _limit = testing::watchdog::limit();
    let messages = [
        (Refused::Poisoned, "a thread panicked during a change"),
        (Refused::Unknown(7), "there is no account 7"),
        (Refused::TooLow, "the balance is too low"),
        (Refused::Overflow, "the balance would overflow"),
    ];
    for (refused, message) in messages {
        assert_eq!(refused.to_string(), message);
    }
}

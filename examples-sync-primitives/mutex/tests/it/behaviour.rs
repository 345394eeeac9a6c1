//! The snippet with real threads, and what a panic leaves.

use mutex::{Accounts, Hits, Refused};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Threads may share both, and may be given both.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Hits>();
    sendable_and_shareable::<Accounts>();
};

#[test]
fn no_hit_is_lost() {
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
                    assert!(
                        matches!(moved, Ok(()) | Err(Refused::TooLittle)),
                        "{moved:?}"
                    );
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
fn what_is_refused_changes_nothing() {
    let accounts = Accounts::new(vec![10, u64::MAX]);
    assert_eq!(accounts.transfer(0, 2, 1), Err(Refused::Unknown(2)));
    assert_eq!(accounts.transfer(7, 0, 1), Err(Refused::Unknown(7)));
    assert_eq!(accounts.transfer(0, 1, 11), Err(Refused::TooLittle));
    assert_eq!(accounts.transfer(0, 1, 1), Err(Refused::TooMuch));
    assert_eq!(accounts.total(), Ok(u128::from(u64::MAX) + 10));
    assert_eq!(accounts.transfer(0, 0, 10), Ok(()));
    assert_eq!(accounts.total(), Ok(u128::from(u64::MAX) + 10));
}

#[test]
fn hits_go_on_after_a_panic() {
    let hits = Arc::new(Hits::default());
    hits.add("/");
    let shared = Arc::clone(&hits);
    let panicked = thread::spawn(move || shared.each(|_, _| panic!("meant")));
    assert!(panicked.join().is_err());
    assert_eq!(hits.add("/"), 2);
}

#[test]
fn accounts_refuse_after_a_panic_until_repaired() {
    let accounts = Arc::new(Accounts::new(vec![1, 2, 3]));
    let shared = Arc::clone(&accounts);
    let panicked = thread::spawn(move || {
        shared.change_each(|balance| {
            assert!(*balance < 3, "meant");
            *balance = 0;
        })
    });
    assert!(panicked.join().is_err());
    assert_eq!(accounts.total(), Err(Refused::HalfDone));
    assert_eq!(accounts.transfer(0, 1, 1), Err(Refused::HalfDone));
    assert_eq!(accounts.change_each(|_| ()), Err(Refused::HalfDone));
    accounts.repair(vec![1, 2, 3]);
    assert_eq!(accounts.transfer(0, 1, 1), Ok(()));
    assert_eq!(accounts.total(), Ok(6));
}

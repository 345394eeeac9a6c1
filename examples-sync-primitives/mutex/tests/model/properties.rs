//! What the snippet guarantees, one sentence each, as models that loom runs in every order.

use super::mutex::{Accounts, Hits, Refused};
use std::sync::Arc;
use std::thread;

/// No update is lost: of two threads that count, one sees 1 and the other 2.
pub(crate) fn no_update_is_lost() {
    model::check(|| {
        let hits = Arc::new(Hits::default());
        let shared = Arc::clone(&hits);
        let other = thread::spawn(move || shared.add("/"));
        let seen = hits.add("/");
        let seen_by_other = other.join().expect("a panic would have ended the model");
        assert_eq!(seen + seen_by_other, 1 + 2, "an update is lost");
        assert_eq!(hits.get("/"), 2, "an update is lost");
    });
}

/// The sum of all balances is the same whenever a thread reads it.
pub(crate) fn the_sum_stays_the_same() {
    model::check(|| {
        let accounts = Arc::new(Accounts::new(vec![10, 0]));
        let (there, back) = (Arc::clone(&accounts), Arc::clone(&accounts));
        let there = thread::spawn(move || there.transfer(0, 1, 4));
        let back = thread::spawn(move || back.transfer(1, 0, 4));
        assert_eq!(accounts.total(), Ok(10), "money is made or lost");
        let there = there.join().expect("a panic would have ended the model");
        assert_eq!(there, Ok(()));
        let back = back.join().expect("a panic would have ended the model");
        assert!(matches!(back, Ok(()) | Err(Refused::TooLow)));
        assert_eq!(accounts.total(), Ok(10), "money is made or lost");
    });
}

/// The same money cannot be spent twice.
pub(crate) fn nothing_is_spent_twice() {
    model::check(|| {
        let accounts = Arc::new(Accounts::new(vec![10, 0, 0]));
        let shared = Arc::clone(&accounts);
        let other = thread::spawn(move || shared.transfer(0, 1, 10));
        let results = [
            accounts.transfer(0, 2, 10),
            other.join().expect("a panic would have ended the model"),
        ];
        assert!(results.contains(&Ok(())), "nobody could spend it");
        assert!(results.contains(&Err(Refused::TooLow)), "spent twice");
        assert_eq!(accounts.total(), Ok(10), "money is made or lost");
    });
}

//! What `lock_both` promises, each in a sentence, as models that loom runs in every order.

use super::deadlock::lock_both;
use std::sync::{Arc, Mutex};
use std::thread;

/// Two threads that name the two in opposite orders both get them.
pub(crate) fn opposite_orders_do_not_deadlock() {
    model::check(|| {
        let pair = Arc::new([Mutex::new(1), Mutex::new(2)]);
        let theirs = Arc::clone(&pair);
        let other = thread::spawn(move || sum(&theirs[0], &theirs[1]));
        assert_eq!(sum(&pair[1], &pair[0]), 3);
        assert_eq!(join(other), 3);
        assert!(lock_both(&pair[0], &pair[0]).is_none());
    });
}

/// Three threads, each of which wants its own and the next, all get them.
pub(crate) fn nor_does_a_circle_of_three() {
    model::check(|| {
        let forks = Arc::new([Mutex::new(1), Mutex::new(1), Mutex::new(1)]);
        let others = [1, 2].map(|seat| {
            let forks = Arc::clone(&forks);
            thread::spawn(move || sum(&forks[seat], &forks[(seat + 1) % 3]))
        });
        assert_eq!(sum(&forks[0], &forks[1]), 2);
        for other in others {
            assert_eq!(join(other), 2);
        }
    });
}

/// What goes from the one to the other is seen there, and at no moment in both or in none.
pub(crate) fn nobody_sees_a_half_done_transfer() {
    model::check(|| {
        let pair = Arc::new([Mutex::new(10), Mutex::new(0)]);
        let theirs = Arc::clone(&pair);
        let other = thread::spawn(move || {
            let (mut to, mut from) = lock_both(&theirs[1], &theirs[0]).expect("two");
            *from -= 4;
            *to += 4;
            0
        });
        assert_eq!(sum(&pair[0], &pair[1]), 10, "money is made or lost");
        join(other);
        let left = *pair[0].lock().expect("not poisoned");
        assert_eq!(left, 6, "went the other way");
    });
}

fn sum(one: &Mutex<i32>, other: &Mutex<i32>) -> i32 {
    let (one, other) = lock_both(one, other).expect("two");
    *one + *other
}

fn join(thread: thread::JoinHandle<i32>) -> i32 {
    thread.join().expect("a panic would have ended the model")
}

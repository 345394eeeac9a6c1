//! What `lock_both` promises: each promise is a sentence and a model that loom runs in every
//! order.

use super::deadlock::lock_both;
use std::sync::{Arc, Mutex};
use std::thread;

/// Two threads that name two mutexes in opposite orders both get them.
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

/// Three threads that each want their own mutex and the next one all get them.
pub(crate) fn a_circle_of_three_does_not_deadlock() {
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

/// A transfer is seen whole or not at all, and goes the right way.
pub(crate) fn no_thread_sees_half_a_transfer() {
    model::check(|| {
        let pair = Arc::new([Mutex::new(10), Mutex::new(0)]);
        let theirs = Arc::clone(&pair);
        let other = thread::spawn(move || {
            let (mut to, mut from) = lock_both(&theirs[1], &theirs[0]).expect("two");
            *from -= 4;
            *to += 4;
            0
        });
        assert_eq!(sum(&pair[0], &pair[1]), 10, "money appeared or got lost");
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

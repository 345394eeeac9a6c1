//! The lock with real threads: one holder, the order of the queue, and what a panic leaves.

use starvation::{Guard, PriorityLock};
use std::cell::Cell;
use std::thread;
use testing::watchdog;

/// `Send`, but not `Sync`.
type Sendable = Cell<u8>;

/// Threads may share the lock, also of a value that is not `Sync`, as with std's Mutex.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    const fn shareable<T: Sync>() {}
    sendable_and_shareable::<PriorityLock<u32>>();
    sendable_and_shareable::<PriorityLock<Sendable>>();
    shareable::<Guard<'static, u32>>();
};

/// The lock does not show its value, so the value need not be `Debug`.
const _: () = {
    struct Opaque;
    const fn shown<T: std::fmt::Debug>() {}
    shown::<PriorityLock<Opaque>>();
    shown::<Guard<'static, String>>();
};

static IN_A_STATIC: PriorityLock<u32> = PriorityLock::new(7, 0);

#[test]
fn a_guard_shows_the_value_and_the_lock_can_be_in_a_static() {
    let _limit = watchdog::limit();
    assert_eq!(format!("{:?}", IN_A_STATIC.lock(0)), "7");
}

/// Lets `priorities` queue up in this order, and returns the order in which they had the lock.
fn order(patience: usize, priorities: &[u8]) -> Vec<u8> {
    let lock = PriorityLock::new(Vec::new(), patience);
    thread::scope(|scope| {
        let first = lock.lock(0);
        for (already, priority) in priorities.iter().enumerate() {
            scope.spawn(|| lock.lock(*priority).push(*priority));
            while lock.waiting() == already {
                thread::yield_now();
            }
        }
        drop(first);
    });
    assert_eq!(lock.waiting(), 0);
    lock.lock(0).clone()
}

#[test]
fn patience_is_the_policy() {
    let _limit = watchdog::limit();
    let came = [1, 2, 9, 8, 9, 3, 9];
    assert_eq!(order(0, &came), came);
    assert_eq!(order(usize::MAX, &came), [9, 9, 9, 8, 3, 2, 1]);
    assert_eq!(order(1, &came), [9, 1, 2, 9, 8, 9, 3]);
    assert_eq!(order(2, &came), [9, 9, 1, 2, 9, 8, 3]);
}

#[test]
fn equal_priorities_go_in_the_order_of_arrival() {
    let _limit = watchdog::limit();
    let lock = PriorityLock::new(Vec::new(), usize::MAX);
    thread::scope(|scope| {
        let first = lock.lock(0);
        for (arrival, priority) in [5, 5, 9, 5, 9].into_iter().enumerate() {
            let lock = &lock;
            scope.spawn(move || lock.lock(priority).push(arrival));
            while lock.waiting() == arrival {
                thread::yield_now();
            }
        }
        drop(first);
    });
    assert_eq!(*lock.lock(0), [2, 4, 0, 1, 3]);
}

#[test]
fn no_thread_is_overtaken_more_often_than_its_patience() {
    let _limit = watchdog::limit();
    // Each has a priority of its own, so the order shows which thread overtook which.
    let came = [4, 7, 1, 9, 3, 8, 2, 6, 5];
    for patience in 0..came.len() {
        let order = order(patience, &came);
        for (place, waiter) in came.iter().enumerate() {
            let before_it = order.iter().take_while(|other| *other != waiter);
            let overtook = before_it.filter(|other| !came[..place].contains(other));
            assert!(overtook.count() <= patience, "{waiter} in {order:?}");
        }
    }
}

#[test]
fn one_thread_at_a_time_and_no_update_lost() {
    let _limit = watchdog::limit();
    for patience in [0, 3, usize::MAX] {
        let lock = PriorityLock::new(0_u64, patience);
        thread::scope(|scope| {
            for priority in 0..8 {
                let lock = &lock;
                scope.spawn(move || {
                    for _ in 0..100 {
                        let mut number = lock.lock(priority);
                        let seen = *number;
                        thread::yield_now();
                        *number = seen + 1;
                    }
                });
            }
        });
        assert_eq!(*lock.lock(0), 800);
        assert_eq!(lock.waiting(), 0);
    }
}

#[test]
fn a_panic_inside_passes_the_turn_on() {
    let _limit = watchdog::limit();
    let lock = PriorityLock::new(1, 0);
    let panicked = thread::scope(|scope| {
        let inside = scope.spawn(|| {
            let mut value = lock.lock(5);
            *value = 2;
            panic!("intended");
        });
        inside.join()
    });
    assert!(panicked.is_err());
    assert_eq!(*lock.lock(5), 2);
}

/// Printing the lock takes no turn, so it must not lock the value either.
#[test]
fn the_lock_can_be_printed_while_others_use_it() {
    let _limit = watchdog::limit();
    let lock = PriorityLock::new(0, 0);
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            for _ in 0..10_000 {
                *lock.lock(1) += 1;
            }
        });
        while !other.is_finished() {
            assert_eq!(format!("{lock:?}"), "PriorityLock { waiting: 0, .. }");
        }
        other.join().unwrap();
    });
    assert_eq!(*lock.lock(1), 10_000);
}

#[cfg(target_os = "linux")]
#[test]
fn a_waiting_thread_uses_no_cpu() {
    let _limit = watchdog::limit();
    let lock = PriorityLock::new((), 0);
    let held = lock.lock(0);
    testing::waits::assert_sleeps(|| drop(lock.lock(0)), || drop(held));
}

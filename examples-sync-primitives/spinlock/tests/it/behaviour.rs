//! The lock with real threads: counts, guards, panics, and what may be shared and sent.

use spinlock::{Guard, SpinLock};
use std::cell::Cell;
use std::sync::{Arc, Barrier};
use std::thread;

/// Threads may share the lock of a value that may be sent, also of one that may not be shared; but
/// not the guard of such a value. And a guard may be sent where the value may.
const _: () = {
    const fn shareable<T: Sync>() {}
    const fn sendable<T: Send>() {}
    shareable::<SpinLock<Cell<u8>>>();
    sendable::<SpinLock<Cell<u8>>>();
    sendable::<Guard<'static, u8>>();
    shareable::<Guard<'static, u8>>();
};

/// Compiles only as long as neither is `Sync`: or there would be two answers to which `of` is meant.
#[test]
fn what_must_not_be_shared_is_not() {
    trait NotShareable<Why> {
        fn of() {}
    }
    impl<T> NotShareable<()> for T {}
    impl<T: Sync> NotShareable<u8> for T {}
    <Guard<'static, Cell<u8>> as NotShareable<_>>::of();
    <SpinLock<std::rc::Rc<u8>> as NotShareable<_>>::of();
}

#[test]
fn no_update_is_lost() {
    const THREADS: usize = 4;
    const EACH: usize = 5_000;
    // Two values that must fit together, and a type that would break if two threads were inside.
    let lock = SpinLock::new((0, Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    let mut guard = lock.lock();
                    guard.0 += 1;
                    let count = guard.0;
                    guard.1.push(count);
                }
            });
        }
    });
    let guard = lock.lock();
    assert_eq!(guard.0, THREADS * EACH);
    assert!(guard.1.iter().copied().eq(1..=THREADS * EACH));
}

#[test]
fn held_means_that_nobody_else_gets_it() {
    let lock = SpinLock::new(1);
    let guard = lock.lock();
    thread::scope(|scope| {
        let refused = scope.spawn(|| lock.try_lock().is_none());
        assert!(refused.join().unwrap());
    });
    drop(guard);
    assert_eq!(lock.try_lock().map(|guard| *guard), Some(1));
}

#[test]
fn who_waits_gets_it_when_the_holder_leaves() {
    let lock = SpinLock::new(0);
    let held = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut guard = lock.lock();
            held.wait();
            *guard = 1;
        });
        held.wait();
        assert_eq!(*lock.lock(), 1);
    });
}

#[test]
fn a_guard_may_unlock_in_another_thread() {
    let lock = SpinLock::new(0);
    let guard = lock.lock();
    thread::scope(|scope| {
        scope.spawn(move || drop(guard));
    });
    assert!(lock.try_lock().is_some());
}

#[test]
fn a_panic_unlocks_and_leaves_what_is_half_done() {
    let lock = Arc::new(SpinLock::new(vec![1]));
    let shared = Arc::clone(&lock);
    let panicked = thread::spawn(move || {
        shared.lock().push(2);
        let _guard = shared.lock();
        panic!("before the 3 that belongs to the 2");
    });
    assert!(panicked.join().is_err());
    assert_eq!(*lock.lock(), [1, 2]); // no poison, no warning
}

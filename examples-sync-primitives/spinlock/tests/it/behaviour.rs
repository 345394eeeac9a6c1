//! The lock with real threads: counts, guards, panics, and which types may be shared and sent.

use spinlock::{Guard, SpinLock};
use std::cell::Cell;
use std::sync::{Arc, Barrier, MutexGuard};
use std::thread;
use testing::watchdog;

/// `Send`, but not `Sync`.
type Sendable = Cell<u8>;
/// `Sync`, but not `Send`.
type Shareable = MutexGuard<'static, u8>;

/// The lock may be shared if its value may be sent; a guard may be shared or sent
/// only where a `&mut T` may.
const _: () = {
    const fn sync<T: Sync>() {}
    const fn send<T: Send>() {}
    sync::<SpinLock<Sendable>>();
    send::<SpinLock<Sendable>>();
    send::<Guard<'static, Sendable>>();
    send::<Guard<'static, u8>>();
    sync::<Guard<'static, u8>>();
};

/// As std's: what the value can do, the guard can show.
const _: () = {
    const fn shown<T: std::fmt::Debug>() {}
    shown::<SpinLock<String>>();
    shown::<Guard<'static, String>>();
};

/// Compiles only while none of these has the trait: else two impls would fit.
#[test]
fn what_must_not_be_shared_or_sent_is_not() {
    trait NotSync<Why> {
        fn is_not_sync() {}
    }
    impl<T> NotSync<()> for T {}
    impl<T: Sync> NotSync<u8> for T {}
    trait NotSend<Why> {
        fn is_not_send() {}
    }
    impl<T> NotSend<()> for T {}
    impl<T: Send> NotSend<u8> for T {}
    <SpinLock<Shareable> as NotSync<_>>::is_not_sync();
    <SpinLock<Shareable> as NotSend<_>>::is_not_send();
    <Guard<'static, Sendable> as NotSync<_>>::is_not_sync();
    <Guard<'static, Shareable> as NotSend<_>>::is_not_send();
}

static IN_A_STATIC: SpinLock<u32> = SpinLock::new(6);

#[test]
fn a_lock_can_be_in_a_static() {
    let _limit = watchdog::limit();
    *IN_A_STATIC.lock() += 1;
    assert_eq!(*IN_A_STATIC.lock(), 7);
}

#[test]
fn debug_shows_the_value_and_does_not_wait() {
    let _limit = watchdog::limit();
    let lock = SpinLock::new(7);
    assert_eq!(format!("{lock:?}"), "SpinLock { value: 7 }");
    let guard = lock.lock();
    assert_eq!(format!("{guard:?}"), "7");
    assert_eq!(format!("{lock:?}"), "SpinLock { value: <locked> }");
    drop(guard);
    assert_eq!(format!("{lock:?}"), "SpinLock { value: 7 }");
}

/// A row for each state: what is done to the lock, what `Debug` shows, and whether the lock is free
/// afterwards. So `Debug` neither waits nor keeps the lock.
#[test]
fn debug_leaves_a_lock_in_each_state_as_it_was() {
    fn panics_inside(lock: &'static SpinLock<u32>) {
        let panicked = thread::spawn(move || {
            let _guard = lock.lock();
            panic!("intended");
        });
        assert!(panicked.join().is_err());
    }
    let _limit = watchdog::limit();
    type Change = fn(&'static SpinLock<u32>);
    let (shown, locked) = ("SpinLock { value: 7 }", "SpinLock { value: <locked> }");
    let rows: [(Change, &str, bool); 3] = [
        (|_| (), shown, true),
        (
            |lock| _ = std::mem::ManuallyDrop::new(lock.lock()),
            locked,
            false,
        ),
        (panics_inside, shown, true),
    ];
    for (row, (change, expected, free)) in rows.into_iter().enumerate() {
        let lock = Box::leak(Box::new(SpinLock::new(7)));
        change(lock);
        assert_eq!(format!("{lock:?}"), expected, "row {row}");
        assert_eq!(lock.try_lock().is_some(), free, "row {row}");
    }
}

#[test]
fn no_update_is_lost() {
    let _limit = watchdog::limit();
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
fn try_lock_fails_while_another_thread_holds_the_lock() {
    let _limit = watchdog::limit();
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
fn a_waiting_thread_gets_the_lock_when_it_is_released() {
    let _limit = watchdog::limit();
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
    let _limit = watchdog::limit();
    let lock = SpinLock::new(0);
    let guard = lock.lock();
    thread::scope(|scope| {
        scope.spawn(move || drop(guard));
    });
    assert!(lock.try_lock().is_some());
}

#[test]
fn a_panic_unlocks_and_does_not_poison() {
    let _limit = watchdog::limit();
    let lock = Arc::new(SpinLock::new(vec![1]));
    let shared = Arc::clone(&lock);
    let panicked = thread::spawn(move || {
        shared.lock().push(2);
        let _guard = shared.lock();
        panic!("between two steps");
    });
    assert!(panicked.join().is_err());
    assert_eq!(*lock.lock(), [1, 2]); // half done, and not poisoned
}

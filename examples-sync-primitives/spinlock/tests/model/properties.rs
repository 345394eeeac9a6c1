//! What the lock promises: each promise is a sentence and a model that loom runs in every order.

use super::spinlock::SpinLock;
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::thread;

/// The data of a model. `with_mut` is enough for loom to report two accesses at the same time, and
/// an access that may miss what another wrote before it.
type Data = UnsafeCell<u8>;

fn lock() -> Arc<SpinLock<Data>> {
    Arc::new(SpinLock::new(UnsafeCell::new(0)))
}

/// One thread at a time accesses the data, and it sees everything that earlier holders wrote.
pub(crate) fn one_holder_at_a_time_sees_all_earlier_writes() {
    model::check(|| {
        let lock = lock();
        let other = spawn(&lock, |lock| lock.lock().with_mut(|_| ()));
        lock.lock().with_mut(|_| ());
        join(other);
        lock.lock().with(|_| ());
    });
}

/// If two threads call `try_lock`, at least one gets the lock, and never both at the same time.
pub(crate) fn try_lock_lets_one_of_two_in() {
    model::check(|| {
        let lock = lock();
        let try_it = |lock: &SpinLock<Data>| {
            lock.try_lock().is_some_and(|guard| {
                guard.with_mut(|_| ());
                assert!(lock.try_lock().is_none(), "two threads hold the lock");
                guard.with_mut(|_| ());
                true
            })
        };
        let other = spawn(&lock, try_it);
        let entered = try_it(&lock);
        assert!(join(other) || entered, "neither got the lock");
    });
}

/// A waiting thread gets the lock when the holder releases it.
pub(crate) fn a_waiting_thread_gets_the_lock() {
    model::check(|| {
        let lock = lock();
        let held = lock.lock();
        let other = spawn(&lock, |lock| lock.lock().with_mut(|_| ()));
        held.with_mut(|_| ());
        drop(held);
        join(other);
    });
}

fn spawn<R: 'static>(
    lock: &Arc<SpinLock<Data>>,
    work: impl FnOnce(&SpinLock<Data>) -> R + 'static,
) -> thread::JoinHandle<R> {
    let lock = Arc::clone(lock);
    thread::spawn(move || work(&lock))
}

fn join<R>(thread: thread::JoinHandle<R>) -> R {
    thread.join().expect("a panic would have ended the model")
}

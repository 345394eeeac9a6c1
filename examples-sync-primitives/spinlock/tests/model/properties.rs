//! What the lock promises, each in a sentence, as models that loom runs in every order.

use super::spinlock::SpinLock;
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::thread;

/// The data of a model. Loom complains about two accesses at the same time, and about one that need
/// not see what another wrote before it: `with_mut` is all it takes.
type Data = UnsafeCell<u8>;

fn lock() -> Arc<SpinLock<Data>> {
    Arc::new(SpinLock::new(UnsafeCell::new(0)))
}

/// One thread at a time reaches the data, and it sees all that the one before it wrote.
pub(crate) fn one_at_a_time_and_each_sees_what_the_last_one_wrote() {
    model::check(|| {
        let lock = lock();
        let other = spawn(&lock, |lock| lock.lock().with_mut(|_| ()));
        lock.lock().with_mut(|_| ());
        join(other);
        lock.lock().with(|_| ());
    });
}

/// Of two who only try, one at least gets in, and both never at the same time.
pub(crate) fn who_tries_gets_in_or_not() {
    model::check(|| {
        let lock = lock();
        let try_it = |lock: &SpinLock<Data>| {
            lock.try_lock().is_some_and(|guard| {
                guard.with_mut(|_| ());
                assert!(lock.try_lock().is_none(), "two are inside");
                guard.with_mut(|_| ());
                true
            })
        };
        let other = spawn(&lock, try_it);
        let entered = try_it(&lock);
        assert!(join(other) || entered, "nobody got in");
    });
}

/// Who waits gets in when the holder leaves.
pub(crate) fn who_waits_gets_in_when_the_holder_leaves() {
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

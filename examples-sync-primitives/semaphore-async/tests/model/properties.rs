//! The properties of the semaphore built by hand. loom runs each in every order of its steps.

use super::by_hand::{Acquire, Permit, Semaphore};
use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use testing::waker::waker;

/// Never more than N tasks are inside, and a released permit reaches the task that waits, whenever
/// the two happen.
pub(crate) fn never_more_than_n_inside_and_nobody_waits_forever() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = Arc::new(AtomicUsize::new(0));
        let enter = move |semaphore: &Semaphore| {
            let _permit = block_on(semaphore.acquire());
            assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0, "two are inside");
            inside.fetch_sub(1, Ordering::Relaxed);
        };
        let other = spawn(&semaphore, enter.clone());
        enter(&semaphore);
        join(other);
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
    });
}

/// Two permits that are released one after the other reach two futures that wait.
pub(crate) fn permits_reach_all_who_wait() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let both = [(); 2].map(|()| block_on(semaphore.acquire()));
        let other = spawn(&semaphore, |semaphore| {
            let waiting = [(); 2].map(|()| Box::pin(semaphore.acquire()));
            drop(block_on_all(waiting.into()));
        });
        drop(both);
        join(other);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// Permits that are released together wake all the threads that they are enough for. Neither thread
/// releases its permit before the other one has its own.
pub(crate) fn permits_released_together_wake_two_threads() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let both = block_on(semaphore.acquire_many(2).expect("there are two"));
        let threads = [(); 2].map(|()| {
            let semaphore = Arc::clone(&semaphore);
            thread::spawn(move || block_on(semaphore.acquire_owned()))
        });
        drop(both);
        let permits = threads.map(|thread| thread.join().expect("no thread panics"));
        assert_eq!(semaphore.available(), 0, "the permits do not add up");
        drop(permits);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// Two threads that each want all permits get them one after the other, also as owned permits.
pub(crate) fn two_requests_for_all_permits_are_both_granted() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let other = {
            let semaphore = Arc::clone(&semaphore);
            thread::spawn(move || {
                let both = semaphore.acquire_many_owned(2).expect("there are two");
                drop(block_on(both));
            })
        };
        let both = block_on(semaphore.acquire_many(2).expect("there are two"));
        assert_eq!(semaphore.available(), 0, "the permits do not add up");
        drop(both);
        join(other);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// A future that is dropped while it waits, or after its permits were granted, loses none of them.
pub(crate) fn a_dropped_future_loses_no_permit() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let held = block_on(semaphore.acquire_many(2).expect("there are two"));
        let other = spawn(&semaphore, |semaphore| {
            let mut cancelled = pin!(semaphore.acquire_many(2).expect("there are two"));
            let _ = poll(cancelled.as_mut(), Waker::noop());
        });
        drop(held);
        drop(block_on(semaphore.acquire()));
        join(other);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// A large request that is cancelled in the queue no longer stops the smaller one behind it.
pub(crate) fn a_large_request_that_leaves_lets_the_next_one_in() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let held = block_on(semaphore.acquire());
        let mut large = Box::pin(semaphore.acquire_many(2).expect("there are two"));
        assert!(poll(large.as_mut(), Waker::noop()).is_pending());
        let other = spawn(&semaphore, |semaphore| {
            drop(block_on(semaphore.acquire()));
        });
        drop(large);
        join(other);
        drop(held);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// A future may be polled by one task and then by another: the latest waker is called.
pub(crate) fn the_latest_waker_is_called() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let other = spawn(&semaphore, |semaphore| {
            drop(block_on(semaphore.acquire()));
        });
        let mut acquire = pin!(semaphore.acquire());
        let permit = match poll(acquire.as_mut(), Waker::noop()) {
            Poll::Ready(permit) => permit,
            Poll::Pending => block_on(acquire),
        };
        drop(permit);
        join(other);
    });
}

/// Nobody overtakes a future in the queue: a permit that is released belongs to it and is never
/// free. Being polled again is not being granted a permit.
pub(crate) fn nobody_overtakes() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let (held, inside) = (Arc::clone(&semaphore), Arc::new(AtomicUsize::new(1)));
        let leaves = Arc::clone(&inside);
        let (permit_is_held, may_start) = mpsc::channel();
        let other = thread::spawn(move || {
            let permit = block_on(held.acquire());
            permit_is_held
                .send(())
                .expect("the other thread receives it");
            leaves.store(0, Ordering::Relaxed);
            drop(permit);
        });
        may_start.recv().expect("the other thread sends it");
        let mut first = pin!(semaphore.acquire());
        let mut second = pin!(semaphore.acquire());
        let mut granted = poll(first.as_mut(), Waker::noop());
        if granted.is_pending() {
            let second = poll(second.as_mut(), Waker::noop());
            assert!(second.is_pending(), "overtaken");
            assert!(semaphore.try_acquire().is_none(), "overtaken");
            granted = poll(first.as_mut(), Waker::noop());
        }
        if granted.is_ready() {
            assert_eq!(inside.load(Ordering::Relaxed), 0, "two are inside");
        }
        join(other);
    });
}

/// While a large request is first in the queue, nobody gets the permits that are free already. A
/// request for no permit does not wait.
pub(crate) fn nobody_overtakes_a_large_request() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let held = block_on(semaphore.acquire());
        let mut large = pin!(semaphore.acquire_many(2).expect("there are two"));
        assert!(poll(large.as_mut(), Waker::noop()).is_pending());
        let mut small = pin!(semaphore.acquire());
        assert!(
            poll(small.as_mut(), Waker::noop()).is_pending(),
            "overtaken"
        );
        assert!(semaphore.try_acquire().is_none(), "overtaken");
        let none = pin!(semaphore.acquire_many(0).expect("there are more"));
        assert!(poll(none, Waker::noop()).is_ready(), "it wants nothing");
        let other = spawn(&semaphore, |semaphore| {
            drop(block_on(semaphore.acquire()));
        });
        drop(held);
        drop(block_on(large));
        drop(block_on(small));
        join(other);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// A future that is cancelled in the queue removes only itself.
pub(crate) fn a_cancelled_future_removes_only_itself() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let other = spawn(&semaphore, |semaphore| {
            drop(block_on(semaphore.acquire()));
        });
        let mut second = Box::pin(semaphore.acquire());
        let mut first = Box::pin(semaphore.acquire());
        let permit = block_on(poll_fn(|context| {
            let granted = first.as_mut().poll(context);
            if granted.is_pending() {
                let _ = poll(second.as_mut(), Waker::noop());
                second.set(semaphore.acquire()); // drops the future in the queue
            }
            granted
        }));
        drop(permit);
        join(other);
    });
}

/// Cloning, calling and dropping a waker is code of others, which may use the semaphore.
pub(crate) fn wakers_may_use_the_semaphore() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = block_on(semaphore.acquire());
        let used = Arc::clone(&semaphore);
        let task = waker(move |_| {
            used.available();
        });
        let mut first = pin!(semaphore.acquire());
        assert!(poll(first.as_mut(), &task).is_pending());
        assert!(poll(first.as_mut(), &task).is_pending());
        let mut cancelled = Box::pin(semaphore.acquire());
        assert!(poll(cancelled.as_mut(), &task).is_pending());
        drop(cancelled);
        let other = spawn(&semaphore, |semaphore| {
            drop(block_on(semaphore.acquire()));
        });
        drop(held);
        let Poll::Ready(permit) = poll(first.as_mut(), &task) else {
            unreachable!("it is the first in the queue");
        };
        drop(permit);
        join(other);
    });
}

fn poll<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// One task waits for all of them at the same time, and keeps the permits that it has.
fn block_on_all<S: Deref<Target = Semaphore> + Clone + Unpin>(
    mut waiting: Vec<Pin<Box<Acquire<S>>>>,
) -> Vec<Permit<S>> {
    let mut permits = Vec::new();
    block_on(poll_fn(|context| {
        waiting.retain_mut(|acquire| match acquire.as_mut().poll(context) {
            Poll::Ready(permit) => {
                permits.push(permit);
                false
            }
            Poll::Pending => true,
        });
        if waiting.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }));
    permits
}

/// Polls the future whenever it is woken. The thread sleeps in between.
fn block_on<F: Future>(future: F) -> F::Output {
    #[derive(Default)]
    struct Signal {
        woken: Mutex<bool>,
        changed: Condvar,
    }
    impl Wake for Signal {
        fn wake(self: Arc<Self>) {
            // Notified under the lock, so that nothing is left to do when the model ends.
            let mut woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
            *woken = true;
            self.changed.notify_one();
        }
    }
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::clone(&signal));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut(), &waker) {
            return output;
        }
        let mut woken = signal.woken.lock().unwrap_or_else(PoisonError::into_inner);
        while !*woken {
            let waits = signal.changed.wait(woken);
            woken = waits.unwrap_or_else(PoisonError::into_inner);
        }
        *woken = false;
    }
}

fn spawn(
    semaphore: &Arc<Semaphore>,
    body: impl FnOnce(&Semaphore) + 'static,
) -> thread::JoinHandle<()> {
    let semaphore = Arc::clone(semaphore);
    thread::spawn(move || body(&semaphore))
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}

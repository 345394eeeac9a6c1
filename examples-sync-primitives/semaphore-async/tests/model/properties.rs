//! What the semaphore promises, each in a sentence, as models that loom runs in every order.

use super::by_hand::Semaphore;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

/// Never more than n are inside, and a permit that comes back reaches the one who waits, wherever
/// the steps of the two fall.
pub(crate) fn never_more_than_n_inside_and_nobody_waits_for_ever() {
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

/// Permits that come back reach everyone who waits, also when several come and several wait.
pub(crate) fn permits_reach_everyone_who_waits() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let both = [(); 2].map(|()| block_on(semaphore.acquire()));
        let other = spawn(&semaphore, |semaphore| {
            let mut waiting = vec![Box::pin(semaphore.acquire()), Box::pin(semaphore.acquire())];
            let mut permits = Vec::new();
            // One task waits for both at once, and keeps what it has.
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
        });
        drop(both);
        join(other);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// A future that is dropped while it waits, or when its permit has just come, swallows none.
pub(crate) fn a_dropped_future_swallows_no_permit() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = block_on(semaphore.acquire());
        let other = spawn(&semaphore, |semaphore| {
            let mut cancelled = pin!(semaphore.acquire());
            let _ = poll(cancelled.as_mut(), Waker::noop());
        });
        drop(held);
        drop(block_on(semaphore.acquire()));
        join(other);
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
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

/// Who is in line is not overtaken: a permit that comes back is theirs, and never free. And to be
/// polled is not to be served.
pub(crate) fn nobody_overtakes() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let (held, inside) = (Arc::clone(&semaphore), Arc::new(AtomicUsize::new(1)));
        let leaves = Arc::clone(&inside);
        let (permit_is_held, may_come) = mpsc::channel();
        let other = thread::spawn(move || {
            let permit = block_on(held.acquire());
            permit_is_held.send(()).expect("it is awaited");
            leaves.store(0, Ordering::Relaxed);
            drop(permit);
        });
        may_come.recv().expect("the other sends it");
        let mut first = pin!(semaphore.acquire());
        let mut second = pin!(semaphore.acquire());
        let mut served = poll(first.as_mut(), Waker::noop());
        if served.is_pending() {
            assert!(
                poll(second.as_mut(), Waker::noop()).is_pending(),
                "overtaken"
            );
            served = poll(first.as_mut(), Waker::noop());
        }
        if served.is_ready() {
            assert_eq!(inside.load(Ordering::Relaxed), 0, "two are inside");
        }
        join(other);
    });
}

/// Who is cancelled in line takes nobody else's place with it.
pub(crate) fn who_leaves_the_line_takes_only_its_own_place() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let other = spawn(&semaphore, |semaphore| {
            drop(block_on(semaphore.acquire()));
        });
        let mut second = Box::pin(semaphore.acquire());
        let mut first = Box::pin(semaphore.acquire());
        let permit = block_on(poll_fn(|context| {
            let served = first.as_mut().poll(context);
            if served.is_pending() {
                let _ = poll(second.as_mut(), Waker::noop());
                second.set(semaphore.acquire()); // the one in line is dropped
            }
            served
        }));
        drop(permit);
        join(other);
    });
}

/// The code of a waker runs without the lock: it may use the semaphore itself.
pub(crate) fn wakers_may_use_the_semaphore() {
    struct Looks(Arc<Semaphore>);
    impl Wake for Looks {
        fn wake(self: Arc<Self>) {
            self.0.available();
        }
    }
    impl Drop for Looks {
        fn drop(&mut self) {
            self.0.available();
        }
    }
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = block_on(semaphore.acquire());
        let waker = || Waker::from(Arc::new(Looks(Arc::clone(&semaphore))));
        let mut first = pin!(semaphore.acquire());
        assert!(poll(first.as_mut(), &waker()).is_pending());
        assert!(poll(first.as_mut(), &waker()).is_pending());
        let other = spawn(&semaphore, |semaphore| {
            drop(block_on(semaphore.acquire()));
        });
        drop(held);
        let Poll::Ready(permit) = poll(first.as_mut(), &waker()) else {
            unreachable!("it is the first in line");
        };
        drop(permit);
        join(other);
    });
}

fn poll<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// Polls the future whenever it is woken, and parks the thread in between.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Parked {
        woken: Mutex<bool>,
        wake_up: Condvar,
    }
    impl Wake for Parked {
        fn wake(self: Arc<Self>) {
            *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.wake_up.notify_one();
        }
    }
    let parked = Arc::new(Parked {
        woken: Mutex::new(false),
        wake_up: Condvar::new(),
    });
    let waker = Waker::from(Arc::clone(&parked));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut(), &waker) {
            return output;
        }
        let mut woken = parked.woken.lock().unwrap_or_else(PoisonError::into_inner);
        while !*woken {
            let waits = parked.wake_up.wait(woken);
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

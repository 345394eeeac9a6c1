//! What the semaphore promises, each in a sentence, as models that loom runs in every order.

use super::semaphore::Semaphore;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{self, Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// Never more than n threads are inside.
pub(crate) fn never_more_than_n_inside() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = Arc::new(AtomicUsize::new(0));
        let enter = move |semaphore: &Semaphore| {
            let _permit = semaphore.acquire();
            assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0, "two are inside");
            inside.fetch_sub(1, Ordering::Relaxed);
        };
        let other = spawn(&semaphore, enter.clone());
        enter(&semaphore);
        join(other);
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
    });
}

/// Neither do those get in who only try, nor one who is woken for nothing.
pub(crate) fn not_by_trying_nor_by_spurious_wake_ups() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = Arc::new(AtomicUsize::new(1));
        let held = semaphore.acquire();
        let seen = Arc::clone(&inside);
        let waiter = spawn(&semaphore, move |semaphore| {
            let _permit = semaphore.acquire();
            assert_eq!(seen.load(Ordering::Relaxed), 0, "two are inside");
        });
        let disturber = thread::spawn(model::wake_for_nothing);
        assert!(semaphore.try_acquire().is_none(), "two are inside");
        inside.store(0, Ordering::Relaxed);
        drop(held);
        join(disturber);
        join(waiter);
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
    });
}

/// Of two who try for one permit, one at most has it.
pub(crate) fn one_permit_goes_to_one() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = Arc::new(AtomicUsize::new(0));
        let enter = move |semaphore: &Semaphore| {
            if let Some(_permit) = semaphore.try_acquire() {
                assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0, "two are inside");
                inside.fetch_sub(1, Ordering::Relaxed);
            }
        };
        let other = spawn(&semaphore, enter.clone());
        enter(&semaphore);
        join(other);
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
    });
}

/// Permits that come back together reach everyone they suffice for: no wake-up is lost.
pub(crate) fn permits_reach_everyone_who_waits() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let both = semaphore.acquire_many(2).expect("nobody else is here yet");
        let (arrived, other_arrived) = mpsc::channel();
        // One keeps its permit until the other has one, too: there must be two wake-ups.
        let one = spawn(&semaphore, move |semaphore| {
            let _permit = semaphore.acquire();
            other_arrived.recv().expect("the other arrives");
        });
        let other = spawn(&semaphore, move |semaphore| {
            let _permit = semaphore.acquire();
            arrived.send(()).expect("the one waits");
        });
        drop(both);
        join(one);
        join(other);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// Who waits for many permits is not overtaken by one who wants few.
pub(crate) fn nobody_overtakes() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let held = semaphore.acquire();
        let large = spawn(&semaphore, |semaphore| {
            assert!(semaphore.acquire_many(2).is_some());
        });
        if model::waiting() == 1 {
            assert_eq!(semaphore.available(), 1);
            assert!(semaphore.try_acquire().is_none(), "overtaken");
            assert!(
                semaphore.acquire_timeout(Duration::ZERO).is_none(),
                "overtaken"
            );
        }
        drop(held);
        join(large);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// A waiter whose time is over leaves the line and does not swallow a permit meant for others,
/// wherever the time-out falls between their steps.
pub(crate) fn a_time_out_swallows_no_permit() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = semaphore.acquire();
        let hasty = spawn(&semaphore, |semaphore| {
            drop(semaphore.acquire_timeout(SECOND));
        });
        let clock = time::flow();
        drop(held);
        drop(semaphore.acquire());
        join(hasty);
        clock.stop();
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
    });
}

/// When a waiter for many gives up, those behind it who want less go ahead.
pub(crate) fn who_gives_up_makes_way() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let held = semaphore.acquire();
        let hasty = spawn(&semaphore, |semaphore| {
            assert!(semaphore.acquire_many_timeout(2, SECOND).is_none());
        });
        let clock = time::flow();
        drop(semaphore.acquire());
        join(hasty);
        clock.stop();
        drop(held);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// A wait ends when its time is over, and not before, spurious wake-ups or not.
pub(crate) fn spurious_wake_ups_neither_extend_nor_cut_a_wait() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = semaphore.acquire();
        let hasty = spawn(&semaphore, |semaphore| {
            let start = Instant::now();
            assert!(semaphore.acquire_timeout(SECOND).is_none());
            assert_eq!(start.elapsed(), SECOND);
        });
        let clock = time::flow();
        model::wake_for_nothing();
        join(hasty);
        clock.stop();
        drop(held);
    });
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

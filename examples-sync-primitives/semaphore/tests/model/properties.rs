//! What the semaphore guarantees, one sentence each, as models that loom runs in every order.

use super::semaphore::Semaphore;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{self, Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// At most n threads are inside at the same time.
pub(crate) fn at_most_n_threads_are_inside() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = Arc::new(AtomicUsize::new(0));
        let enter = move |semaphore: &Semaphore| {
            let _permit = semaphore.acquire();
            assert_eq!(
                inside.fetch_add(1, Ordering::Relaxed),
                0,
                "two threads are inside"
            );
            inside.fetch_sub(1, Ordering::Relaxed);
        };
        let other = spawn(&semaphore, enter.clone());
        enter(&semaphore);
        join(other);
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
    });
}

/// Neither `try_acquire` nor a spurious wake-up lets another thread in.
pub(crate) fn neither_a_try_nor_a_spurious_wake_up_gets_in() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = Arc::new(AtomicUsize::new(1));
        let held = semaphore.acquire();
        let seen = Arc::clone(&inside);
        let waiter = spawn(&semaphore, move |semaphore| {
            let _permit = semaphore.acquire();
            assert_eq!(seen.load(Ordering::Relaxed), 0, "two threads are inside");
        });
        let disturber = thread::spawn(model::wake_spuriously);
        assert!(semaphore.try_acquire().is_none(), "two threads are inside");
        inside.store(0, Ordering::Relaxed);
        drop(held);
        join(disturber);
        join(waiter);
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
    });
}

/// Of two threads that try to acquire one permit, at most one gets it.
pub(crate) fn one_permit_goes_to_one_thread() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = Arc::new(AtomicUsize::new(0));
        let enter = move |semaphore: &Semaphore| {
            if let Some(_permit) = semaphore.try_acquire() {
                assert_eq!(
                    inside.fetch_add(1, Ordering::Relaxed),
                    0,
                    "two threads are inside"
                );
                inside.fetch_sub(1, Ordering::Relaxed);
            }
        };
        let other = spawn(&semaphore, enter.clone());
        enter(&semaphore);
        join(other);
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
    });
}

/// Permits released together reach every waiting thread they suffice for: no wake-up is lost.
pub(crate) fn released_permits_reach_every_waiting_thread() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let both = semaphore.acquire_many(2).expect("nobody else is here yet");
        let (arrived, other_arrived) = mpsc::channel();
        // One thread keeps its permit until the other has one, so both must be woken.
        let one = spawn(&semaphore, move |semaphore| {
            let _permit = semaphore.acquire();
            other_arrived.recv().expect("the other arrives");
        });
        let other = spawn(&semaphore, move |semaphore| {
            let _permit = semaphore.acquire();
            arrived.send(()).expect("the first thread waits");
        });
        drop(both);
        join(one);
        join(other);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// Threads that need all permits exclude each other, whether they wait, own their permits or have
/// a time limit, and all permits are free afterwards.
pub(crate) fn requests_for_several_permits_exclude_each_other() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let inside = Arc::new(AtomicUsize::new(0));
        let enter = move || {
            assert_eq!(
                inside.fetch_add(1, Ordering::Relaxed),
                0,
                "two threads are inside"
            );
            inside.fetch_sub(1, Ordering::Relaxed);
        };
        let (enter_owned, enter_timed) = (enter.clone(), enter.clone());
        let shared = Arc::clone(&semaphore);
        let owned = thread::spawn(move || {
            let permits = shared.acquire_many_owned(2);
            assert!(permits.is_some());
            enter_owned();
        });
        let timed = spawn(&semaphore, move |semaphore| {
            let permits = semaphore.acquire_many_timeout(2, SECOND); // the clock does not move
            assert!(permits.is_some());
            enter_timed();
        });
        {
            let permits = semaphore.acquire_many(2);
            assert!(permits.is_some());
            enter();
        }
        join(owned);
        join(timed);
        assert_eq!(semaphore.available(), 2, "the permits do not add up");
    });
}

/// A thread that waits for several permits is not overtaken by one that needs fewer.
pub(crate) fn nobody_overtakes() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(3));
        let (held, other) = (semaphore.acquire(), semaphore.acquire());
        let large = spawn(&semaphore, |semaphore| {
            assert!(semaphore.acquire_many(3).is_some());
        });
        let queued = model::waiting() == 1;
        drop(other); // two permits are free now, which is not enough for the large request
        if queued {
            assert_eq!(semaphore.available(), 2);
            assert!(semaphore.try_acquire().is_none(), "overtaken");
            assert!(
                semaphore.acquire_timeout(Duration::ZERO).is_none(),
                "overtaken"
            );
        }
        drop(held);
        join(large);
        assert_eq!(semaphore.available(), 3, "the permits do not add up");
    });
}

/// A thread that times out leaves the queue and loses no permit granted to others, wherever the
/// time-out falls between their steps.
pub(crate) fn a_time_out_loses_no_permit() {
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

/// When a thread times out, the threads before and behind it in the queue keep their places.
pub(crate) fn a_time_out_removes_no_other_thread_from_the_queue() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = Arc::new(AtomicUsize::new(1));
        let held = semaphore.acquire();
        let seen = Arc::clone(&inside);
        let patient = spawn(&semaphore, move |semaphore| {
            let _permit = semaphore.acquire();
            assert_eq!(seen.load(Ordering::Relaxed), 0, "two threads are inside");
        });
        let hasty = spawn(&semaphore, |semaphore| {
            drop(semaphore.acquire_timeout(SECOND));
        });
        time::pass(SECOND);
        inside.store(0, Ordering::Relaxed);
        drop(held);
        join(patient);
        join(hasty);
        assert_eq!(semaphore.available(), 1, "the permits do not add up");
    });
}

/// When a thread that waits for several permits gives up, threads behind it that need fewer go ahead.
pub(crate) fn a_thread_that_gives_up_makes_way() {
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

/// A wait with a time-out ends when its time is over, and not before, spurious wake-ups or not.
pub(crate) fn a_time_out_is_neither_early_nor_late() {
    model::check(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = semaphore.acquire();
        let hasty = spawn(&semaphore, |semaphore| {
            let start = Instant::now();
            assert!(semaphore.acquire_timeout(SECOND).is_none());
            assert_eq!(start.elapsed(), SECOND);
        });
        let clock = time::flow();
        model::wake_spuriously();
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

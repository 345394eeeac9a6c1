//! The semaphore with real threads: limits, lines, time-outs, panics.

use semaphore::{Permit, Semaphore};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Threads may share a semaphore, and a permit may be given back by another thread.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Semaphore>();
    sendable_and_shareable::<Permit<&'static Semaphore>>();
    sendable_and_shareable::<Permit<Arc<Semaphore>>>();
};

const MOMENT: Duration = Duration::from_millis(10);
const FOR_EVER: Duration = Duration::from_secs(3600);

#[test]
fn never_more_inside_than_permits_whatever_they_want() {
    const PERMITS: usize = 4;
    let semaphore = Semaphore::new(PERMITS);
    let inside = AtomicUsize::new(0);
    let served = AtomicUsize::new(0);
    thread::scope(|scope| {
        for thread in 0..16 {
            let (semaphore, inside, served) = (&semaphore, &inside, &served);
            scope.spawn(move || {
                for step in 0..500 {
                    let count = 1 + (thread + step) % PERMITS;
                    let permit = match step % 3 {
                        0 => semaphore.acquire_many(count),
                        1 => semaphore.acquire_many_timeout(count, Duration::from_micros(20)),
                        _ => semaphore.acquire_many_timeout(count, FOR_EVER),
                    };
                    if permit.is_some() {
                        let now = inside.fetch_add(count, Ordering::Relaxed) + count;
                        assert!(now <= PERMITS, "{now} inside");
                        inside.fetch_sub(count, Ordering::Relaxed);
                        served.fetch_add(1, Ordering::Relaxed);
                    } else {
                        assert_eq!(step % 3, 1, "only the hasty ones may go without");
                    }
                }
            });
        }
    });
    assert_eq!(semaphore.available(), PERMITS);
    assert!(served.into_inner() >= 16 * 333);
}

#[test]
fn first_come_first_served() {
    let semaphore = Semaphore::new(2);
    let order = Mutex::new(Vec::new());
    let held = semaphore.acquire_many(2).unwrap();
    thread::scope(|scope| {
        for (place, count) in [1, 2, 1, 2, 2, 1].into_iter().enumerate() {
            let (semaphore, order) = (&semaphore, &order);
            let before = line_length(semaphore);
            scope.spawn(move || {
                let _permit = semaphore.acquire_many(count);
                order.lock().unwrap().push((place, count));
            });
            while line_length(semaphore) == before {
                thread::yield_now();
            }
        }
        drop(held);
    });
    // No two neighbours fit in together, so they note themselves in the order in which they came.
    let order = order.into_inner().unwrap();
    assert_eq!(order, [(0, 1), (1, 2), (2, 1), (3, 2), (4, 2), (5, 1)]);
}

/// How many wait: the line shows in `Debug` alone, and not at a moment when the state is locked.
fn line_length(semaphore: &Semaphore) -> usize {
    loop {
        let text = format!("{semaphore:?}");
        if !text.contains("<locked>") {
            return text.matches("ticket:").count();
        }
        thread::yield_now();
    }
}

#[test]
fn more_than_there_are_is_none_at_once() {
    let semaphore = Semaphore::new(2);
    assert!(semaphore.acquire_many(3).is_none());
    assert!(
        semaphore
            .acquire_many_timeout(usize::MAX, FOR_EVER)
            .is_none()
    );
    assert_eq!(semaphore.available(), 2);
}

#[test]
fn none_of_a_permit_is_a_permit() {
    let semaphore = Semaphore::new(1);
    let nothing = semaphore.acquire_many(0);
    assert!(nothing.is_some());
    assert_eq!(semaphore.available(), 1);
}

#[test]
#[should_panic(expected = "at least one permit")]
fn a_semaphore_without_permits_is_refused() {
    let _ = Semaphore::new(0);
}

#[test]
fn trying_takes_what_is_free_and_no_more() {
    let semaphore = Semaphore::new(2);
    let permits = [semaphore.try_acquire(), semaphore.try_acquire()];
    assert!(permits.iter().all(Option::is_some));
    assert!(semaphore.try_acquire().is_none());
    drop(permits);
    assert_eq!(semaphore.available(), 2);
}

#[test]
fn a_time_out_waits_its_time_and_takes_nothing() {
    let semaphore = Semaphore::new(1);
    let held = semaphore.acquire();
    let start = Instant::now();
    assert!(semaphore.acquire_timeout(MOMENT).is_none());
    assert!(start.elapsed() >= MOMENT);
    assert!(semaphore.acquire_timeout(Duration::ZERO).is_none());
    drop(held);
    assert_eq!(semaphore.available(), 1);
    assert!(semaphore.acquire_timeout(Duration::ZERO).is_some());
}

#[test]
fn a_time_that_never_comes_is_no_time_out() {
    let semaphore = Semaphore::new(1);
    assert!(semaphore.acquire_timeout(Duration::MAX).is_some());
    let held = semaphore.acquire();
    thread::scope(|scope| {
        let patient = scope.spawn(|| semaphore.acquire_timeout(Duration::MAX).is_some());
        while line_length(&semaphore) == 0 {
            thread::yield_now();
        }
        drop(held);
        assert!(patient.join().unwrap());
    });
}

#[test]
fn a_panic_gives_the_permit_back() {
    let semaphore = Arc::new(Semaphore::new(1));
    let shared = Arc::clone(&semaphore);
    let panicked = thread::spawn(move || {
        let _permit = shared.acquire();
        panic!("meant");
    });
    assert!(panicked.join().is_err());
    assert!(semaphore.try_acquire().is_some());
}

#[test]
fn an_owned_permit_outlives_the_function_that_took_it() {
    let semaphore = Arc::new(Semaphore::new(1));
    let permit = semaphore.acquire_owned();
    let (finish, finished) = mpsc::channel::<()>();
    let worker = thread::spawn(move || {
        finished.recv().unwrap();
        drop(permit);
    });
    assert!(semaphore.try_acquire().is_none());
    finish.send(()).unwrap();
    worker.join().unwrap();
    assert!(semaphore.try_acquire().is_some());
}

#[test]
fn as_many_as_permits_are_inside_together() {
    let semaphore = Semaphore::new(3);
    let meeting = Barrier::new(3);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let _permit = semaphore.acquire();
                meeting.wait(); // would wait for ever if only two got in
            });
        }
    });
}

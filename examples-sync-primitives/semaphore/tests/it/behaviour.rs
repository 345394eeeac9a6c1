//! The semaphore with real threads: limits, the queue, time-outs, panics.

use semaphore::{Permit, Semaphore};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use testing::watchdog::assert_ends;

/// Threads may share a semaphore, and another thread may release a permit.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Semaphore>();
    sendable_and_shareable::<Permit<&'static Semaphore>>();
    sendable_and_shareable::<Permit<Arc<Semaphore>>>();
};

const SHORT: Duration = Duration::from_millis(10);
const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn the_limit_is_never_exceeded_whatever_is_requested() {
    assert_ends(|| {
        const PERMITS: usize = 4;
        let semaphore = Arc::new(Semaphore::new(PERMITS));
        let inside = AtomicUsize::new(0);
        let served = AtomicUsize::new(0);
        let enter = |permit: Option<usize>| {
            let Some(count) = permit else { return false };
            let now = inside.fetch_add(count, Ordering::Relaxed) + count;
            assert!(now <= PERMITS, "{now} inside");
            inside.fetch_sub(count, Ordering::Relaxed);
            served.fetch_add(1, Ordering::Relaxed);
            true
        };
        thread::scope(|scope| {
            for thread in 0..16 {
                let (semaphore, enter) = (&semaphore, &enter);
                scope.spawn(move || {
                    for step in 0..500 {
                        let count = 1 + (thread + step) % PERMITS;
                        let moment = Duration::from_micros(20);
                        // A tuple keeps the permit until its end.
                        let entered = match step % 5 {
                            0 => with(semaphore.acquire_many(count), count, enter),
                            1 => with(semaphore.acquire_many_timeout(count, moment), count, enter),
                            2 => with(semaphore.acquire_many_owned(count), count, enter),
                            3 => with(semaphore.try_acquire_many_owned(count), count, enter),
                            _ => with(
                                semaphore.acquire_many_timeout_owned(count, HOUR),
                                count,
                                enter,
                            ),
                        };
                        assert!(
                            entered || [1, 3].contains(&(step % 5)),
                            "a wait ended early"
                        );
                    }
                });
            }
        });
        assert_eq!(semaphore.available(), PERMITS);
        assert!(served.into_inner() >= 16 * 300);
    });
}

/// Calls `enter` while the permit is held.
fn with<P>(permit: Option<P>, count: usize, enter: impl Fn(Option<usize>) -> bool) -> bool {
    let entered = enter(permit.as_ref().map(|_| count));
    drop(permit);
    entered
}

#[test]
fn every_kind_of_permit_counts_and_is_released() {
    assert_ends(|| {
        let semaphore = Arc::new(Semaphore::new(3));
        let check = |what: &str, count: usize, permit: Option<Box<dyn Anything + '_>>| {
            assert!(permit.is_some(), "{what} gives a permit");
            assert_eq!(semaphore.available(), 3 - count, "free beside {what}");
            drop(permit);
            assert_eq!(semaphore.available(), 3, "free after {what}");
        };
        let s = &semaphore;
        check("acquire", 1, boxed(Some(s.acquire())));
        check("acquire_owned", 1, boxed(Some(s.acquire_owned())));
        check("acquire_timeout", 1, boxed(s.acquire_timeout(HOUR)));
        check(
            "acquire_timeout_owned",
            1,
            boxed(s.acquire_timeout_owned(HOUR)),
        );
        check("try_acquire", 1, boxed(s.try_acquire()));
        check("try_acquire_owned", 1, boxed(s.try_acquire_owned()));
        for count in 0..=3 {
            check("acquire_many", count, boxed(s.acquire_many(count)));
            check(
                "acquire_many_owned",
                count,
                boxed(s.acquire_many_owned(count)),
            );
            let timed = s.acquire_many_timeout(count, HOUR);
            check("acquire_many_timeout", count, boxed(timed));
            let timed = s.acquire_many_timeout_owned(count, HOUR);
            check("acquire_many_timeout_owned", count, boxed(timed));
            check("try_acquire_many", count, boxed(s.try_acquire_many(count)));
            let tried = s.try_acquire_many_owned(count);
            check("try_acquire_many_owned", count, boxed(tried));
        }
    });
}

/// Anything at all, in a box.
trait Anything {}
impl<T> Anything for T {}

fn boxed<'a, P: 'a>(permit: Option<P>) -> Option<Box<dyn Anything + 'a>> {
    permit.map(|permit| Box::new(permit) as Box<dyn Anything + 'a>)
}

#[test]
fn first_come_first_served() {
    assert_ends(|| {
        // No two neighbours fit in together, so they note themselves in the order of the queue.
        assert_eq!(
            served_in_order(2, &[1, 2, 1, 2, 2, 1], &[]),
            [(0, 1), (1, 2), (2, 1), (3, 2), (4, 2), (5, 1)]
        );
    });
}

#[test]
fn a_thread_that_leaves_the_queue_does_not_change_its_order() {
    assert_ends(|| {
        assert_eq!(
            served_in_order(1, &[1; 5], &[0]),
            [(1, 1), (2, 1), (3, 1), (4, 1)]
        );
        assert_eq!(
            served_in_order(1, &[1; 5], &[2]),
            [(0, 1), (1, 1), (3, 1), (4, 1)]
        );
        assert_eq!(
            served_in_order(1, &[1; 5], &[4]),
            [(0, 1), (1, 1), (2, 1), (3, 1)]
        );
        assert_eq!(served_in_order(2, &[2; 4], &[1, 2]), [(0, 2), (3, 2)]);
    });
}

/// One thread for each request queues while all permits are taken, and those in `give_up` leave
/// before they are released. Returns the places and counts in the order in which they are served.
fn served_in_order(permits: usize, requests: &[usize], give_up: &[usize]) -> Vec<(usize, usize)> {
    let semaphore = Semaphore::new(permits);
    let order = Mutex::new(Vec::new());
    let held = semaphore.acquire_many(permits).expect("they are free");
    thread::scope(|scope| {
        for (place, &count) in requests.iter().enumerate() {
            let (semaphore, order) = (&semaphore, &order);
            let hasty = give_up.contains(&place);
            scope.spawn(move || {
                // Long enough for the others to queue behind it; the order is right in any case.
                let timeout = if hasty {
                    Duration::from_millis(200)
                } else {
                    HOUR
                };
                let permit = semaphore.acquire_many_timeout(count, timeout);
                assert_eq!(permit.is_none(), hasty);
                if permit.is_some() {
                    order
                        .lock()
                        .expect("nothing panics under it")
                        .push((place, count));
                }
            });
            wait_for(semaphore, |queue| {
                queue.contains(&format!("ticket: {place},"))
            });
        }
        let gone = |queue: &str| {
            let is_queued = |place| queue.contains(&format!("ticket: {place},"));
            !give_up.iter().any(is_queued)
        };
        wait_for(&semaphore, gone);
        drop(held);
    });
    order.into_inner().expect("nothing panics under it")
}

/// The queue shows in `Debug` alone, and not at a moment when the state is locked.
fn wait_for(semaphore: &Semaphore, is_so: impl Fn(&str) -> bool) {
    loop {
        let text = format!("{semaphore:?}");
        if !text.contains("<locked>") && is_so(&text) {
            return;
        }
        thread::yield_now();
    }
}

#[test]
fn more_than_there_are_is_none_immediately() {
    assert_ends(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        assert!(semaphore.acquire_many(3).is_none());
        assert!(semaphore.acquire_many_owned(3).is_none());
        assert!(semaphore.acquire_many_timeout(usize::MAX, HOUR).is_none());
        assert!(semaphore.acquire_many_timeout_owned(3, HOUR).is_none());
        assert!(semaphore.try_acquire_many(3).is_none());
        assert_eq!(semaphore.available(), 2);
    });
}

#[test]
fn acquiring_no_permit_never_waits() {
    assert_ends(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = semaphore.acquire();
        thread::scope(|scope| {
            scope.spawn(|| drop(semaphore.acquire()));
            wait_for(&semaphore, |queue| queue.contains("ticket: 0,"));
            assert!(semaphore.acquire_many(0).is_some());
            assert!(semaphore.acquire_many_owned(0).is_some());
            assert!(semaphore.acquire_many_timeout(0, Duration::ZERO).is_some());
            assert!(semaphore.try_acquire_many(0).is_some());
            assert_eq!(semaphore.available(), 0);
            drop(held);
        });
        assert_eq!(semaphore.available(), 1);
    });
}

#[test]
#[should_panic(expected = "a semaphore needs at least one permit")]
fn a_semaphore_without_permits_is_refused() {
    let _limit = testing::watchdog::limit();
    let _ = Semaphore::new(0);
}

#[test]
fn a_semaphore_can_be_a_static() {
    let _limit = testing::watchdog::limit();
    static DOWNLOADS: Semaphore = Semaphore::new(2);
    let permit: Permit<&'static Semaphore> = DOWNLOADS.acquire();
    thread::spawn(move || drop(permit)).join().unwrap();
    assert_eq!(DOWNLOADS.available(), 2);
}

#[test]
fn trying_takes_what_is_free_and_no_more() {
    let _limit = testing::watchdog::limit();
    let semaphore = Semaphore::new(2);
    let permits = [semaphore.try_acquire(), semaphore.try_acquire()];
    assert!(permits.iter().all(Option::is_some));
    assert!(semaphore.try_acquire().is_none());
    drop(permits);
    assert!(semaphore.try_acquire_many(2).is_some());
}

#[test]
fn trying_does_not_overtake_a_waiting_thread() {
    assert_ends(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let held = semaphore.acquire();
        thread::scope(|scope| {
            scope.spawn(|| drop(semaphore.acquire_many(2)));
            wait_for(&semaphore, |queue| queue.contains("ticket: 0,"));
            assert_eq!(semaphore.available(), 1);
            assert!(semaphore.try_acquire().is_none());
            assert!(semaphore.try_acquire_owned().is_none());
            assert!(semaphore.try_acquire_many(1).is_none());
            assert!(semaphore.try_acquire_many_owned(1).is_none());
            assert!(semaphore.acquire_timeout_owned(SHORT).is_none());
            drop(held);
        });
    });
}

#[test]
fn a_time_out_waits_its_time_and_takes_nothing() {
    assert_ends(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = semaphore.acquire();
        let start = Instant::now();
        assert!(semaphore.acquire_timeout(SHORT).is_none());
        assert!(start.elapsed() >= SHORT);
        let start = Instant::now();
        assert!(semaphore.acquire_timeout_owned(SHORT).is_none());
        assert!(start.elapsed() >= SHORT);
        assert!(semaphore.acquire_timeout(Duration::ZERO).is_none());
        drop(held);
        assert_eq!(semaphore.available(), 1);
        assert!(semaphore.acquire_timeout(Duration::ZERO).is_some());
    });
}

#[test]
fn a_time_out_too_long_to_express_is_none() {
    assert_ends(|| {
        let semaphore = Semaphore::new(1);
        assert!(semaphore.acquire_timeout(Duration::MAX).is_some());
        let held = semaphore.acquire();
        thread::scope(|scope| {
            let patient = scope.spawn(|| semaphore.acquire_timeout(Duration::MAX).is_some());
            wait_for(&semaphore, |queue| queue.contains("ticket: 0,"));
            drop(held);
            assert!(patient.join().unwrap());
        });
    });
}

#[test]
fn a_panic_releases_the_permit() {
    let _limit = testing::watchdog::limit();
    let semaphore = Arc::new(Semaphore::new(1));
    let shared = Arc::clone(&semaphore);
    let panicked = thread::spawn(move || {
        let _permit = shared.acquire();
        panic!("intended");
    });
    assert!(panicked.join().is_err());
    assert!(semaphore.try_acquire().is_some());
}

#[test]
fn an_owned_permit_moves_into_a_spawned_thread() {
    assert_ends(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let permit = semaphore.acquire_owned();
        assert!(semaphore.try_acquire().is_none());
        let worker = thread::spawn(move || drop(permit));
        worker.join().unwrap();
        assert!(semaphore.try_acquire().is_some());
    });
}

#[test]
fn as_many_threads_as_permits_are_inside_together() {
    assert_ends(|| {
        let semaphore = Semaphore::new(3);
        let meeting = Barrier::new(3);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let _permit = semaphore.acquire();
                    meeting.wait(); // would wait forever if only two got in
                });
            }
        });
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_waiting_thread_uses_no_cpu() {
    let _limit = testing::watchdog::limit();
    let semaphore = Semaphore::new(1);
    for wait in [
        |semaphore: &Semaphore| drop(semaphore.acquire()),
        |semaphore: &Semaphore| assert!(semaphore.acquire_timeout(HOUR).is_some()),
    ] {
        let held = semaphore.acquire();
        testing::waits::assert_sleeps(|| wait(&semaphore), || drop(held));
    }
}

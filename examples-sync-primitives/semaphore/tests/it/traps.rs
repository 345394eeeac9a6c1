//! The traps of the page. The wrong lines compile, so that the page shows real code.

use semaphore::Semaphore;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use testing::watchdog::{assert_ends, assert_hangs};

#[test]
fn an_underscore_releases_the_permit_immediately() {
    let _limit = testing::watchdog::limit();
    // ANCHOR: underscore
    let semaphore = Semaphore::new(1);

    let _ = semaphore.acquire(); // wrong: `_` is not a variable and keeps nothing
    assert_eq!(semaphore.available(), 1);

    let _permit = semaphore.acquire(); // right: released at the end of the scope
    assert_eq!(semaphore.available(), 0);
    // ANCHOR_END: underscore
}

#[test]
fn acquiring_before_the_spawn_limits_how_many_threads_exist() {
    assert_ends(|| {
        // ANCHOR: threads
        let downloads = Semaphore::new(4);
        thread::scope(|scope| {
            for _ in 0..1000 {
                // wrong, 1,000 threads exist and 996 of them wait:
                //     scope.spawn(|| { let _permit = downloads.acquire(); work() });
                let permit = downloads.acquire(); // right: acquire first, then spawn
                scope.spawn(move || {
                    let _permit = permit;
                    work();
                });
            }
        });
        // ANCHOR_END: threads
        assert!(ALIVE.most.load(Ordering::Relaxed) <= 4);
    });
}

// ANCHOR: yours
struct Alive {
    now: AtomicUsize,
    most: AtomicUsize,
}

static ALIVE: Alive = Alive {
    now: AtomicUsize::new(0),
    most: AtomicUsize::new(0),
};

/// Counts how many threads are inside.
fn work() {
    let now = ALIVE.now.fetch_add(1, Ordering::Relaxed) + 1;
    ALIVE.most.fetch_max(now, Ordering::Relaxed);
    thread::yield_now();
    ALIVE.now.fetch_sub(1, Ordering::Relaxed);
}
// ANCHOR_END: yours

#[test]
fn a_second_acquire_hangs() {
    assert_hangs("traps::a_second_acquire_hangs", "second", || {
        // ANCHOR: second-wrong
        let semaphore = Semaphore::new(2);
        let _other_job = semaphore.acquire(); // holds one, and waits for a second one as well
        let first = semaphore.acquire();
        println!("second");
        let second = semaphore.acquire(); // wrong: two jobs can each hold one and wait
        // ANCHOR_END: second-wrong
        drop((first, second));
    });
}

#[test]
fn two_permits_together_do_not_hang() {
    assert_ends(|| {
        // ANCHOR: second-right
        let semaphore = Semaphore::new(2);
        let job = || {
            let both = semaphore.acquire_many(2); // right: together or not at all
            assert!(both.is_some());
        };
        // ANCHOR_END: second-right
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(job);
            }
        });
    });
}

#[test]
#[should_panic(expected = "fewer than 9 permits in total")]
fn more_permits_than_there_are_is_none() {
    let _limit = testing::watchdog::limit();
    // ANCHOR: many
    let semaphore = Semaphore::new(8);
    let _permits = semaphore.acquire_many(9); // wrong: `None`, so nothing is limited
    assert_eq!(semaphore.available(), 8);

    let _permits = semaphore // right: a limit that cannot be met is an error
        .acquire_many(9)
        .expect("fewer than 9 permits in total");
    // ANCHOR_END: many
}

//! The event with real threads: who comes early, late, in time and too late.

use condvar::Event;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const MOMENT: Duration = Duration::from_millis(20);

/// Threads may share an event, and may be given it.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Event>();
};

#[test]
fn everyone_goes_on_and_sees_what_was_done_before() {
    for _ in 0..200 {
        let (event, prepared) = (Event::default(), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    event.wait();
                    // Relaxed: it is the event that orders it.
                    assert_eq!(prepared.load(Ordering::Relaxed), 7);
                });
            }
            prepared.store(7, Ordering::Relaxed);
            event.set();
        });
        assert!(event.is_set());
    }
}

#[test]
fn who_comes_late_does_not_wait() {
    let event = Event::default();
    assert!(!event.is_set());
    event.set();
    event.set(); // twice is as good as once
    event.wait();
    assert!(event.wait_timeout(Duration::ZERO));
}

#[test]
fn a_time_out_waits_its_time() {
    let event = Event::default();
    let start = Instant::now();
    assert!(!event.wait_timeout(MOMENT));
    assert!(start.elapsed() >= MOMENT);
    assert!(!event.wait_timeout(Duration::ZERO));
}

#[test]
fn a_time_that_never_comes_is_no_time_out() {
    let event = Event::default();
    thread::scope(|scope| {
        let patient = scope.spawn(|| event.wait_timeout(Duration::MAX));
        event.set();
        assert!(patient.join().unwrap());
    });
}

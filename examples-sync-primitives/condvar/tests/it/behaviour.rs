//! The event with real threads that arrive early, late, in time and too late.

use condvar::Event;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const MOMENT: Duration = Duration::from_millis(20);

/// Threads may share an event and send it to each other.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Event>();
};

#[test]
fn every_thread_continues_and_sees_what_was_done_before() {
    let _limit = testing::watchdog::limit();
    for _ in 0..200 {
        let (event, prepared) = (Event::default(), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    event.wait();
                    // Relaxed: the event orders it.
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
fn a_thread_that_arrives_late_does_not_wait() {
    let _limit = testing::watchdog::limit();
    let event = Event::default();
    assert!(!event.is_set());
    event.set();
    event.set(); // the second call changes nothing
    event.wait();
    assert!(event.wait_timeout(Duration::ZERO));
}

#[test]
fn a_time_out_waits_its_time() {
    let _limit = testing::watchdog::limit();
    let event = Event::default();
    let start = Instant::now();
    assert!(!event.wait_timeout(MOMENT));
    assert!(start.elapsed() >= MOMENT);
    assert!(!event.wait_timeout(Duration::ZERO));
}

#[test]
fn a_time_out_too_long_to_express_is_none() {
    let _limit = testing::watchdog::limit();
    let event = Event::default();
    thread::scope(|scope| {
        let patient = scope.spawn(|| event.wait_timeout(Duration::MAX));
        thread::sleep(MOMENT); // decides nothing: one that does not wait has ended by then
        assert!(!patient.is_finished(), "it did not wait");
        event.set();
        assert!(patient.join().unwrap());
    });
}

#[test]
fn an_event_can_be_a_static() {
    let _limit = testing::watchdog::limit();
    static READY: Event = Event::new();
    let setter = std::thread::spawn(|| READY.set());
    READY.wait();
    setter.join().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_waiting_thread_uses_no_cpu() {
    let _limit = testing::watchdog::limit();
    for wait in [
        |event: &Event| event.wait(),
        |event: &Event| assert!(event.wait_timeout(Duration::from_secs(3600))),
    ] {
        let event = Event::new();
        testing::waits::assert_sleeps(|| wait(&event), || event.set());
    }
}

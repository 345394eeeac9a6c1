//! What the event guarantees, one sentence each, as models that loom runs in every order.

use super::condvar::Event;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{self, Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// Every thread continues, whether it waits before or after the event: no wake-up is lost.
pub(crate) fn every_thread_continues() {
    model::check(|| {
        let event = Arc::new(Event::default());
        let one = spawn(&event, Event::wait);
        let other = spawn(&event, Event::wait);
        event.set();
        join(one);
        join(other);
        assert!(event.is_set());
    });
}

/// No thread continues before the event, not even after a spurious wake-up, and each sees what was
/// done before it.
pub(crate) fn no_thread_continues_too_early() {
    model::check(|| {
        let event = Arc::new(Event::default());
        let prepared = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&prepared);
        let waiter = spawn(&event, move |event| {
            event.wait();
            assert_eq!(seen.load(Ordering::Relaxed), 1, "too early");
        });
        let disturber = thread::spawn(model::wake_spuriously);
        prepared.store(1, Ordering::Relaxed);
        event.set();
        join(disturber);
        join(waiter);
    });
}

/// A wait with a time-out ends when its time is over, and not before, spurious wake-ups or not.
pub(crate) fn a_time_out_is_neither_early_nor_late() {
    model::check(|| {
        let event = Arc::new(Event::default());
        let hasty = spawn(&event, |event| {
            let start = Instant::now();
            assert!(!event.wait_timeout(SECOND));
            assert_eq!(start.elapsed(), SECOND, "too short or too long");
        });
        let clock = time::flow();
        model::wake_spuriously();
        join(hasty);
        clock.stop();
    });
}

/// An event in time ends the wait of every thread that has a time-out, whether it happens before,
/// during or after the first check.
pub(crate) fn an_event_in_time_ends_every_wait() {
    model::check(|| {
        let event = Arc::new(Event::default());
        // No time passes here, so only the event can end these waits.
        let one = spawn(&event, |event| assert!(event.wait_timeout(SECOND)));
        let other = spawn(&event, |event| assert!(event.wait_timeout(SECOND)));
        event.set();
        join(one);
        join(other);
    });
}

fn spawn(event: &Arc<Event>, body: impl FnOnce(&Event) + 'static) -> thread::JoinHandle<()> {
    let event = Arc::clone(event);
    thread::spawn(move || body(&event))
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}

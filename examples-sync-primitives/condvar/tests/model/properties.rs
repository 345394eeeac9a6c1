//! What the event promises, each in a sentence, as models that loom runs in every order.

use super::condvar::Event;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{self, Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// Whether they come early or late, all go on: no wake-up is lost.
pub(crate) fn everyone_goes_on() {
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

/// Nobody goes on before the event, woken for nothing or not; and what was done before it is seen.
pub(crate) fn nobody_goes_on_too_early() {
    model::check(|| {
        let event = Arc::new(Event::default());
        let prepared = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&prepared);
        let waiter = spawn(&event, move |event| {
            event.wait();
            assert_eq!(seen.load(Ordering::Relaxed), 1, "too early");
        });
        let disturber = thread::spawn(model::wake_for_nothing);
        prepared.store(1, Ordering::Relaxed);
        event.set();
        join(disturber);
        join(waiter);
    });
}

/// A wait ends when its time is over, and not before, spurious wake-ups or not.
pub(crate) fn a_wait_lasts_as_long_as_its_time() {
    model::check(|| {
        let event = Arc::new(Event::default());
        let hasty = spawn(&event, |event| {
            let start = Instant::now();
            assert!(!event.wait_timeout(SECOND));
            assert_eq!(start.elapsed(), SECOND, "too short or too long");
        });
        let clock = time::flow();
        model::wake_for_nothing();
        join(hasty);
        clock.stop();
    });
}

/// An event in time ends the wait, whether it comes before, during or after the first look.
pub(crate) fn in_time_is_in_time() {
    model::check(|| {
        let event = Arc::new(Event::default());
        // No time flows here: only the event can end this wait.
        let patient = spawn(&event, |event| assert!(event.wait_timeout(SECOND)));
        event.set();
        join(patient);
    });
}

fn spawn(event: &Arc<Event>, body: impl FnOnce(&Event) + 'static) -> thread::JoinHandle<()> {
    let event = Arc::clone(event);
    thread::spawn(move || body(&event))
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}

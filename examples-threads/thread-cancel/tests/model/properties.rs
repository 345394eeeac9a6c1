//! What the stop guarantees, one sentence each, as models that loom runs in every order.

use super::cancel::Worker;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{self, Duration, Instant};

const HOUR: Duration = Duration::from_secs(3600);

/// A stop before, during or after the start of a sleep ends the sleep, and the next one too.
pub(crate) fn a_stop_around_the_start_of_a_sleep_is_never_lost() {
    model::check(|| {
        let worker = Worker::spawn(|stop| (stop.sleep(HOUR), stop.sleep(HOUR)));
        let told = worker.stop().expect("a panic would have ended the model");
        assert_eq!(told, (true, true));
    });
}

/// If other code of the thread has used up the unpark, the flag still ends the sleep.
pub(crate) fn a_stop_whose_unpark_was_used_up_is_not_lost() {
    model::check(|| {
        let worker = Worker::spawn(|stop| {
            thread::park(); // the other code
            stop.sleep(HOUR)
        });
        assert!(worker.stop().expect("a panic would have ended the model"));
    });
}

/// An unpark without a stop does not end a sleep.
pub(crate) fn an_unpark_without_a_stop_does_not_end_a_sleep() {
    model::check(|| {
        let asked = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&asked);
        let worker = Worker::spawn(move |stop| {
            thread::current().unpark(); // for something else
            stop.sleep(HOUR);
            let asked = seen.load(Ordering::SeqCst);
            assert!(asked, "the sleep ended without a stop");
        });
        asked.store(true, Ordering::SeqCst);
        worker.stop().expect("a panic would have ended the model");
    });
}

/// When a worker has been dropped, its thread has ended.
pub(crate) fn a_worker_that_is_dropped_has_ended() {
    model::check(|| {
        let ended = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&ended);
        drop(Worker::spawn(move |stop| {
            stop.sleep(HOUR);
            ends.store(true, Ordering::SeqCst);
        }));
        assert!(ended.load(Ordering::SeqCst), "the thread runs on");
    });
}

/// A sleep without a stop ends when its time is over, and not before: a spurious wake-up in the
/// middle neither ends it nor begins it again.
pub(crate) fn a_sleep_is_neither_early_nor_late() {
    model::check_within(3, || {
        let (done, slept) = mpsc::channel();
        let worker = Worker::spawn(move |stop| {
            let start = Instant::now();
            assert!(!stop.sleep(HOUR), "nobody has asked");
            assert_eq!(start.elapsed(), HOUR, "too short or too long");
            done.send(()).expect("it is waited for");
        });
        if model::waiting() == 1 {
            time::pass(HOUR / 2); // in those orders in which it sleeps already
        }
        model::wake_spuriously();
        let clock = time::flow();
        slept.recv().expect("the worker does not panic");
        worker.stop().expect("a panic would have ended the model");
        clock.stop();
    });
}

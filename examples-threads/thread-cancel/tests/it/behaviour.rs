//! A stop is never lost, a sleep is never too short, and every thread is joined.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use testing::watchdog;
use thread_cancel::Worker;

const HOUR: Duration = Duration::from_secs(3600);

/// A lost one would wait for an hour, and the watchdog fails the test.
#[test]
fn a_stop_before_during_or_after_the_start_of_a_sleep_is_never_lost() {
    watchdog::assert_ends(|| {
        for round in 0..2_000 {
            let worker = Worker::spawn(move |stop| {
                (0..round % 7).for_each(|_| thread::yield_now());
                stop.sleep(HOUR)
            });
            (0..round % 11).for_each(|_| thread::yield_now());
            assert!(worker.stop().unwrap());
        }
    });
}

#[test]
fn a_stop_before_the_sleep_is_seen() {
    watchdog::assert_ends(|| {
        let both = Arc::new(Barrier::new(2));
        let meets = Arc::clone(&both);
        let worker = Worker::spawn(move |stop| {
            meets.wait(); // until it was asked
            (stop.is_set(), stop.sleep(HOUR), stop.sleep(HOUR))
        });
        worker.ask();
        both.wait();
        assert_eq!(worker.stop().unwrap(), (true, true, true));
    });
}

/// Something else in the thread, such as a channel, may use up the unpark. The flag remains.
#[test]
fn a_stop_whose_unpark_was_used_up_is_not_lost() {
    watchdog::assert_ends(|| {
        let both = Arc::new(Barrier::new(2));
        let meets = Arc::clone(&both);
        let worker = Worker::spawn(move |stop| {
            meets.wait();
            thread::park(); // returns immediately: the unpark was before it
            stop.sleep(HOUR)
        });
        worker.ask();
        both.wait();
        assert!(worker.stop().unwrap());
    });
}

#[test]
fn a_sleep_without_a_stop_is_not_shortened_by_unparks() {
    watchdog::assert_ends(|| {
        let (sender, receiver) = mpsc::channel();
        let (ended, ends) = mpsc::channel();
        let worker = Worker::spawn(move |stop| {
            sender.send(thread::current()).unwrap();
            let start = Instant::now();
            let stopped = stop.sleep(Duration::from_millis(30));
            ended.send((stopped, start.elapsed())).unwrap();
        });
        let thread = receiver.recv().unwrap();
        let (stopped, slept) = loop {
            thread.unpark();
            match ends.try_recv() {
                Ok(result) => break result,
                Err(_) => thread::yield_now(),
            }
        };
        worker.stop().unwrap();
        assert!(!stopped);
        assert!(slept >= Duration::from_millis(30), "{slept:?}");
    });
}

#[test]
fn the_longest_sleep_can_be_stopped_and_the_shortest_returns() {
    watchdog::assert_ends(|| {
        let longest = Worker::spawn(|stop| stop.sleep(Duration::MAX));
        assert!(longest.stop().unwrap());
        let shortest = Worker::spawn(|stop| {
            let stopped = stop.sleep(Duration::ZERO);
            (stopped, stop.is_set())
        });
        let (stopped, set) = shortest.stop().unwrap();
        assert!(set || !stopped, "a stop is not taken back");
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_sleep_costs_no_processor_time() {
    watchdog::assert_ends(|| {
        for duration in [Duration::from_millis(500), HOUR, Duration::MAX] {
            let worker = Worker::spawn(move |stop| {
                let before = testing::waits::cpu_ticks();
                stop.sleep(duration);
                testing::waits::cpu_ticks() - before
            });
            thread::sleep(Duration::from_millis(500));
            let ticks = worker.stop().unwrap();
            assert!(ticks <= 5, "{ticks} hundredths of a second");
        }
    });
}

#[test]
fn all_that_are_asked_stop_before_the_first_is_joined() {
    watchdog::assert_ends(|| {
        let all = Arc::new(Barrier::new(4));
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let all = Arc::clone(&all);
                Worker::spawn(move |stop| {
                    let stopped = stop.sleep(HOUR);
                    all.wait(); // until every one has stopped
                    stopped
                })
            })
            .collect();
        workers.iter().for_each(Worker::ask);
        assert!(workers.into_iter().all(|worker| worker.stop().unwrap()));
    });
}

#[test]
fn a_panic_is_returned_by_stop() {
    watchdog::assert_ends(|| {
        let worker = Worker::spawn(|_| -> u8 { resume_unwind(Box::new("text")) });
        let panic = worker.stop().unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"text"));
    });
}

#[test]
fn dropping_a_worker_stops_and_joins_it() {
    watchdog::assert_ends(|| {
        let ended = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&ended);
        drop(Worker::spawn(move |stop| {
            assert!(stop.sleep(HOUR));
            counted.fetch_add(1, Ordering::Relaxed);
        }));
        assert_eq!(ended.load(Ordering::Relaxed), 1);
        assert_eq!(Arc::strong_count(&ended), 1);
    });
}

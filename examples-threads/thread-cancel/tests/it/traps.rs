//! The traps of the page.

#![expect(clippy::unwrap_used, reason = "the page shows short functions")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;
use testing::watchdog;
use thread_cancel::Worker;

// ANCHOR: recv
/// Wrong: the flag is read only after a value has arrived, and no value arrives.
fn looks_after_the_value() -> u32 {
    let (sender, values) = mpsc::channel::<u32>();
    let worker = Worker::spawn(move |stop| {
        let mut sum = 0;
        while let Ok(value) = values.recv() {
            sum += value;
            if stop.is_set() {
                break;
            }
        }
        sum
    });
    let sum = worker.stop().unwrap(); // never returns: `sender` is alive, so `recv` waits
    drop(sender);
    sum
}

/// Right: dropping the sender ends the loop. Every value that was accepted is handled.
fn closes_the_channel() -> u32 {
    let (sender, values) = mpsc::channel::<u32>();
    let worker = thread::spawn(move || values.iter().sum());
    sender.send(7).unwrap();
    drop(sender);
    worker.join().unwrap()
}

/// Right, if others keep a sender: look at the flag when no value has arrived for a while.
fn looks_in_between() -> u32 {
    let (sender, values) = mpsc::channel::<u32>();
    let worker = Worker::spawn(move |stop| {
        let mut sum = 0;
        while !stop.is_set() {
            match values.recv_timeout(Duration::from_millis(100)) {
                Ok(value) => sum += value,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        sum + values.try_iter().sum::<u32>() // what was accepted before the stop
    });
    sender.send(7).unwrap();
    worker.stop().unwrap()
}
// ANCHOR_END: recv

#[test]
fn a_flag_that_is_read_after_a_blocking_recv_is_never_read() {
    let test = "traps::a_flag_that_is_read_after_a_blocking_recv_is_never_read";
    watchdog::assert_hangs(test, "the worker waits for a value", || {
        println!("the worker waits for a value");
        println!("{}", looks_after_the_value());
    });
}

#[test]
fn a_closed_channel_or_a_time_out_ends_it_with_all_values() {
    watchdog::assert_ends(|| {
        assert_eq!(closes_the_channel(), 7);
        assert_eq!(looks_in_between(), 7);
    });
}

// ANCHOR: sleep
/// Wrong: nothing ends `thread::sleep`, so `join` waits for an hour.
fn sleeps_on() {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let worker = thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(3600));
            if flag.load(Ordering::Relaxed) {
                return;
            }
        }
    });
    stop.store(true, Ordering::Relaxed);
    worker.join().unwrap();
}

/// Right: `stop` ends this sleep.
fn sleep_that_ends() -> bool {
    let worker = Worker::spawn(|stop| stop.sleep(Duration::from_secs(3600)));
    worker.stop().unwrap()
}
// ANCHOR_END: sleep

#[test]
fn a_stop_does_not_end_thread_sleep() {
    let test = "traps::a_stop_does_not_end_thread_sleep";
    watchdog::assert_hangs(test, "the worker sleeps", || {
        println!("the worker sleeps");
        sleeps_on();
    });
}

#[test]
fn a_stop_ends_the_sleep_of_the_worker() {
    watchdog::assert_ends(|| assert!(sleep_that_ends()));
}

// ANCHOR: park
/// Wrong: an unpark that came earlier is remembered, so this does not wait at all.
fn waits_once() {
    thread::park();
}

/// Right: the flag says whether the reason to wait is gone.
fn waits_for(flag: &AtomicBool) {
    while !flag.load(Ordering::Acquire) {
        thread::park();
    }
}
// ANCHOR_END: park

#[test]
fn an_earlier_unpark_ends_the_next_park() {
    watchdog::assert_ends(|| {
        thread::current().unpark();
        thread::current().unpark(); // remembered once, not twice
        waits_once();
        let flag = Arc::new(AtomicBool::new(false));
        thread::current().unpark();
        let (other, thread) = (Arc::clone(&flag), thread::current());
        let setter = thread::spawn(move || {
            other.store(true, Ordering::Release);
            thread.unpark();
        });
        waits_for(&flag);
        assert!(flag.load(Ordering::Relaxed));
        setter.join().unwrap();
    });
}

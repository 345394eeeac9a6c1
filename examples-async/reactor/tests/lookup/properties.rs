//! What a lookup promises, each in a sentence.

use super::lookup::{Names, SOON};
use crate::System;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};
use testing::waits::moved;

const A_LONG_TIME: Duration = Duration::from_secs(60);

/// A future may move from task to task: the waker of its latest poll is the one that is woken.
pub(crate) fn a_lookup_that_moved_wakes_the_task_where_it_is() {
    let (system, name) = System::new();
    let names = Names::new();
    let mut lookup = pin!(names.look_up(&name, 80));
    let door = system.closed();
    let woken = moved(lookup.as_mut());
    drop(door);
    let who = woken.recv_timeout(A_LONG_TIME);
    assert_eq!(who, Ok("second"), "not the task where it is");
}

/// Lookups whose requests were dropped are skipped: the next is one that somebody waits for.
pub(crate) fn dropped_lookups_delay_nobody() {
    const THREADS: usize = 8;
    let (system, name) = System::new();
    let names = Names::new();
    let mut context = Context::from_waker(Waker::noop());
    let door = system.closed();
    let mut lookups: Vec<_> = (0..THREADS + 100)
        .map(|_| Box::pin(names.look_up(&name, 80)))
        .collect();
    for lookup in &mut lookups {
        assert!(lookup.as_mut().poll(&mut context).is_pending());
    }
    let deadline = Instant::now() + A_LONG_TIME;
    while system.asked() < THREADS {
        assert!(Instant::now() < deadline, "not all threads have work");
        thread::sleep(Duration::from_millis(1));
    }
    drop(lookups);
    let mut last = pin!(names.look_up(&name, 80));
    let woken = moved(last.as_mut());
    drop(door);
    let who = woken.recv_timeout(A_LONG_TIME);
    assert_eq!(who, Ok("second"));
    assert!(matches!(last.poll(&mut context), Poll::Ready(Ok(_))));
    assert_eq!(system.asked(), THREADS + 1, "looked up for nobody");
}

/// A hundred names whose lookups hang, and one that is found: it gets a thread in time.
pub(crate) fn lookups_that_hang_delay_nobody() {
    let (slow, slow_name) = System::new();
    let (_quick, quick_name) = System::new();
    let names = Names::new();
    let mut context = Context::from_waker(Waker::noop());
    let door = slow.closed();
    let mut lookups: Vec<_> = (0..100)
        .map(|_| Box::pin(names.look_up(&slow_name, 80)))
        .collect();
    for lookup in &mut lookups {
        assert!(lookup.as_mut().poll(&mut context).is_pending());
    }
    let mut last = pin!(names.look_up(&quick_name, 80));
    // Eight threads become 128 in four checks, with one between them that finds new ones at work.
    let mut checks = 0;
    while last.as_mut().poll(&mut context).is_pending() {
        assert!(checks < 40, "all threads are stuck");
        names.add_threads_if_stuck();
        checks += 1;
        thread::sleep(SOON);
    }
    drop(door);
}

//! What a lookup promises, each in a sentence.

use super::lookup::{Names, SOON};
use crate::System;
use crate::real_std::sync::{Arc, Mutex, mpsc};
use crate::sync::{at_next_unlock, held};
use std::net::IpAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};
use testing::waits::moved;
use testing::waker::{Event, waker};

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

/// The system may refuse a thread. Those that are there look up the other names.
pub(crate) fn a_thread_that_is_refused_costs_nothing_beside_another() {
    let (_system, name) = System::new();
    let names = Names::new();
    let mut context = Context::from_waker(Waker::noop());
    thread::allow(1);
    let deadline = Instant::now() + A_LONG_TIME;
    for _ in 0..3 {
        let mut lookup = pin!(names.look_up(&name, 80));
        let found = loop {
            if let Poll::Ready(found) = lookup.as_mut().poll(&mut context) {
                break found;
            }
            assert!(Instant::now() < deadline, "no thread looks it up");
            thread::sleep(Duration::from_millis(1));
        };
        assert_eq!(found.expect("it needs no more threads").len(), 2);
    }
}

/// Without a single thread there is an error, rather than a wait without end.
pub(crate) fn without_a_single_thread_a_lookup_is_an_error() {
    let (_system, name) = System::new();
    let names = Names::new();
    thread::allow(0);
    let mut context = Context::from_waker(Waker::noop());
    let poll = pin!(names.look_up(&name, 80)).poll(&mut context);
    assert!(matches!(poll, Poll::Ready(Err(_))), "it waits for nobody");
}

/// Cloning, calling and dropping a waker is code of others, which may wait for whoever needs the
/// lock. So none of that happens while it is locked.
pub(crate) fn no_lock_is_held_while_a_waker_is_used() {
    let (system, name) = System::new();
    let names = Names::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (events, (wake, woken)) = (Arc::clone(&seen), mpsc::channel());
    let observed = waker(move |event| {
        let mut events = events.lock().expect("nobody panics");
        events.push((event, held()));
        if event == Event::Wake {
            wake.send(()).expect("it is received");
        }
    });
    let mut context = Context::from_waker(&observed);
    let mut lookup = pin!(names.look_up(&name, 80));
    let door = system.closed();
    for _ in 0..2 {
        assert!(lookup.as_mut().poll(&mut context).is_pending());
    }
    drop(door);
    let called = woken.recv_timeout(A_LONG_TIME);
    called.expect("the lookup is answered");
    assert!(lookup.as_mut().poll(&mut context).is_ready());
    let seen = seen.lock().expect("nobody panics");
    for event in [Event::Clone, Event::Wake, Event::Drop] {
        assert!(seen.iter().any(|(seen, _)| *seen == event), "{seen:?}");
    }
    let locked: Vec<_> = seen.iter().filter(|(_, held)| *held > 0).collect();
    assert!(locked.is_empty(), "locked meanwhile: {locked:?}");
}

/// How many threads there can be while these lookups hang, of which 8 have a thread, when `checks` is
/// over.
fn threads_after(lookups: usize, checks: impl FnOnce(&Names)) -> usize {
    const MANY: usize = 1000;
    let (system, name) = System::new();
    let names = Names::new();
    let mut context = Context::from_waker(Waker::noop());
    let door = system.closed();
    thread::allow(MANY);
    let mut lookups: Vec<_> = (0..lookups)
        .map(|_| Box::pin(names.look_up(&name, 80)))
        .collect();
    for lookup in &mut lookups {
        assert!(lookup.as_mut().poll(&mut context).is_pending());
    }
    let deadline = Instant::now() + A_LONG_TIME;
    while system.asked() < 8 {
        assert!(Instant::now() < deadline, "not all threads have work");
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(SOON);
    checks(&names);
    drop(door);
    MANY - thread::allowed()
}

/// 8 threads become 16 when no lookup has begun between two checks. As long as some begin, or none
/// wait, there are no more.
pub(crate) fn threads_are_doubled_when_all_are_stuck_and_not_before() {
    for (lookups, checks, expected) in [(8, 2, 8), (200, 1, 8), (200, 2, 16)] {
        let threads = threads_after(lookups, |names| {
            for check in 0..checks {
                thread::sleep(SOON * check);
                names.add_threads_if_stuck();
            }
        });
        assert_eq!(threads, expected, "threads, {checks} checks");
    }
}

/// Many requests check, so a check that follows soon after another one says nothing.
pub(crate) fn two_checks_in_the_same_moment_add_no_thread() {
    for _ in 0..100 {
        let mut taken = Duration::ZERO;
        let threads = threads_after(200, |names| {
            let start = Instant::now();
            names.add_threads_if_stuck();
            names.add_threads_if_stuck();
            taken = start.elapsed();
        });
        // On a busy machine the two may be far apart. Then again.
        if taken < SOON {
            assert_eq!(threads, 8, "threads of the same moment");
            return;
        }
    }
    unreachable!("two checks always take longer than {SOON:?}");
}

/// A host that is an address is its own answer.
pub(crate) fn an_address_needs_no_thread() {
    thread::allow(0);
    let names = Names::new();
    let mut context = Context::from_waker(Waker::noop());
    for host in ["127.0.0.1", "::1"] {
        let expected = (host.parse::<IpAddr>().expect("it is one"), 80).into();
        let poll = pin!(names.look_up(host, 80)).poll(&mut context);
        let is_there = matches!(poll, Poll::Ready(Ok(found)) if found == [expected]);
        assert!(is_there, "it is looked up");
    }
}

/// The answer arrives as soon as the poll has unlocked for the first time. By then the waker is
/// there, so the task is woken.
pub(crate) fn an_answer_in_the_middle_of_a_poll_is_not_lost() {
    let (system, name) = System::new();
    let names = Names::new();
    let (close, closed) = mpsc::channel();
    let (open, opens) = mpsc::channel();
    let opening = thread::spawn(move || {
        let door = system.closed();
        close.send(()).expect("it is received");
        opens.recv().expect("it is sent");
        drop(door);
    });
    closed.recv().expect("it is sent");
    at_next_unlock(move || {
        open.send(()).expect("it is received");
        thread::sleep(SOON); // time for the answer
    });
    let mut lookup = pin!(names.look_up(&name, 80));
    let (wake, woken) = mpsc::channel();
    let waits = waker(move |event| {
        if event == Event::Wake {
            let _ = wake.send(()); // the test may have failed
        }
    });
    let first = lookup.as_mut().poll(&mut Context::from_waker(&waits));
    assert!(first.is_pending());
    let called = woken.recv_timeout(Duration::from_secs(5));
    called.expect("nobody is woken");
    let poll = lookup.poll(&mut Context::from_waker(&waits));
    assert!(poll.is_ready());
    opening.join().expect("it does not panic");
}

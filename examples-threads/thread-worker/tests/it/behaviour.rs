//! Ownership, order, the bound of the inbox, and every end of a worker.

use std::panic::{catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use testing::watchdog;
use thread_worker::{QUEUE, Worker};

#[test]
fn a_buffer_has_the_same_address_on_both_sides_and_when_it_is_back() {
    watchdog::assert_ends(|| {
        let worker = Worker::spawn(|buffer: Vec<u8>, outbox| {
            let address = buffer.as_ptr().addr();
            outbox.post((address, buffer));
        });
        for size in [1, 4096, 8 << 20] {
            let buffer = vec![7; size];
            let sent = buffer.as_ptr().addr();
            worker.post(buffer).unwrap();
            let (seen, buffer) = worker.messages().recv().unwrap();
            assert_eq!((seen, buffer.as_ptr().addr()), (sent, sent));
            assert_eq!(buffer, vec![7; size]);
        }
    });
}

#[test]
fn messages_and_answers_are_in_the_order_of_the_posts() {
    watchdog::assert_ends(|| {
        let mut worker = Worker::spawn(|number: usize, outbox| {
            for answer in 0..3 {
                outbox.post((number, answer));
            }
        });
        for number in 0..10_000 {
            worker.post(number).unwrap();
        }
        worker.close().unwrap();
        let expected = (0..10_000).flat_map(|number| (0..3).map(move |answer| (number, answer)));
        assert!(worker.messages().iter().eq(expected));
    });
}

#[test]
fn the_function_runs_on_one_other_thread_and_keeps_its_state() {
    watchdog::assert_ends(|| {
        let mut total = 0;
        let mut worker = Worker::spawn(move |number: u64, outbox| {
            total += number;
            outbox.post((thread::current().id(), total));
        });
        (1..=4).for_each(|number| worker.post(number).unwrap());
        worker.close().unwrap();
        let (threads, totals): (Vec<_>, Vec<_>) = worker.messages().iter().unzip();
        assert_eq!(totals, [1, 3, 6, 10]);
        assert_ne!(threads[0], thread::current().id());
        assert!(threads.iter().all(|thread| *thread == threads[0]));
    });
}

/// Counts posts that have returned, and messages that the worker has begun.
#[test]
fn the_inbox_never_exceeds_its_bound() {
    watchdog::assert_ends(|| {
        let begun = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&begun);
        let worker = Worker::<_, ()>::spawn(move |number: usize, _| {
            counted.fetch_add(1, Ordering::SeqCst);
            (0..number % 5).for_each(|_| thread::yield_now());
        });
        for posted in 1..=20_000 {
            worker.post(posted).unwrap();
            let waiting = posted - begun.load(Ordering::SeqCst);
            // One more: the worker has taken it out of the queue and not counted it yet.
            assert!(waiting <= QUEUE + 1, "{waiting} are waiting");
        }
    });
}

/// A worker that waits at a gate in its first message, and panics if the gate is broken.
fn gated() -> (Worker<u8, u8>, mpsc::Sender<()>) {
    let (open, gate) = mpsc::channel();
    let worker = Worker::spawn(move |message: u8, outbox| {
        if message == 0 {
            outbox.post(0);
            if gate.recv().is_err() {
                resume_unwind(Box::new("the gate is broken"));
            }
        }
        outbox.post(message);
    });
    assert_eq!(worker.post(0), Ok(()));
    assert_eq!(worker.messages().recv(), Ok(0)); // it is at the gate
    (worker, open)
}

#[test]
fn posts_do_not_wait_while_the_inbox_has_space() {
    watchdog::assert_ends(|| {
        let (mut worker, open) = gated();
        for message in 1..=QUEUE {
            worker.post(message as u8).unwrap(); // the worker is at the gate all the time
        }
        open.send(()).unwrap();
        worker.close().unwrap();
        let answers = worker.messages().iter().map(usize::from);
        assert!(answers.eq(0..=QUEUE));
    });
}

#[test]
fn a_post_that_waits_gets_its_message_back_when_the_worker_panics() {
    watchdog::assert_ends(|| {
        let (mut worker, open) = gated();
        for message in 1..=QUEUE {
            worker.post(message as u8).unwrap();
        }
        let waits = thread::spawn(move || (worker.post(99), worker.close()));
        drop(open); // the worker panics, before or while the post waits
        let (post, closed) = waits.join().unwrap();
        assert_eq!(post, Err(99));
        let panic = closed.unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"the gate is broken"));
    });
}

#[test]
fn a_panic_ends_the_messages_and_shows_in_close() {
    watchdog::assert_ends(|| {
        let mut worker = Worker::spawn(|number: i32, outbox| {
            if number == 3 {
                resume_unwind(Box::new("three"));
            }
            outbox.post(number);
        });
        (1..=3).for_each(|number| worker.post(number).unwrap());
        assert!(worker.messages().iter().eq([1, 2]));
        assert_eq!(worker.post(4), Err(4));
        let panic = worker.close().unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"three"));
        assert!(worker.close().is_ok(), "it is reported once");
        assert_eq!(worker.post(5), Err(5));
    });
}

/// The queue is dropped before the outbox: otherwise this post could be accepted and lost.
#[test]
fn when_the_messages_have_ended_a_post_always_returns_the_message() {
    watchdog::assert_ends(|| {
        for _ in 0..1_000 {
            let worker = Worker::<i32, ()>::spawn(|_, _| resume_unwind(Box::new(())));
            worker.post(1).unwrap();
            assert_eq!(worker.messages().iter().count(), 0);
            assert_eq!(worker.post(2), Err(2));
        }
    });
}

#[test]
fn what_is_queued_behind_a_panic_is_dropped() {
    watchdog::assert_ends(|| {
        let message = Arc::new(());
        let (open, gate) = mpsc::channel::<()>();
        let mut worker = Worker::<Arc<()>, ()>::spawn(move |_, _| {
            let _ = gate.recv();
            resume_unwind(Box::new(()));
        });
        for _ in 0..10 {
            worker.post(Arc::clone(&message)).unwrap();
        }
        drop(open);
        assert!(worker.close().is_err());
        assert_eq!(Arc::strong_count(&message), 1);
    });
}

#[test]
fn close_waits_for_what_is_queued_and_its_messages_can_be_received_later() {
    watchdog::assert_ends(|| {
        let state = Arc::new(());
        let owned = Arc::clone(&state);
        let mut worker = Worker::spawn(move |number: usize, outbox| {
            let _owned = &owned;
            // Far more than a bounded queue would have: `close` would wait forever.
            (0..10_000).for_each(|_| outbox.post(number));
        });
        (0..QUEUE).for_each(|number| worker.post(number).unwrap());
        worker.close().unwrap();
        assert_eq!(Arc::strong_count(&state), 1, "the thread has ended");
        assert_eq!(worker.post(1), Err(1));
        assert_eq!(worker.messages().iter().count(), QUEUE * 10_000);
        assert!(worker.close().is_ok());
    });
}

#[test]
fn dropping_a_worker_waits_for_what_is_queued_and_passes_no_panic_on() {
    watchdog::assert_ends(|| {
        let handled = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&handled);
        let worker = Worker::spawn(move |last: bool, outbox| {
            counted.fetch_add(1, Ordering::Relaxed);
            outbox.post(());
            if last {
                resume_unwind(Box::new("the last one"));
            }
        });
        (0..10).for_each(|number| worker.post(number == 9).unwrap());
        let dropped = catch_unwind(std::panic::AssertUnwindSafe(|| drop(worker)));
        assert!(dropped.is_ok());
        assert_eq!(handled.load(Ordering::Relaxed), 10);
        assert_eq!(Arc::strong_count(&handled), 1, "the thread has ended");
    });
}

#[test]
fn a_worker_may_own_another_worker() {
    watchdog::assert_ends(|| {
        let inner = Worker::spawn(|number: i32, outbox| outbox.post(number * 2));
        let mut outer = Worker::spawn(move |number: i32, outbox| {
            inner.post(number).unwrap();
            outbox.post(inner.messages().recv().unwrap() + 1);
        });
        (0..100).for_each(|number| outer.post(number).unwrap());
        outer.close().unwrap();
        assert!(outer.messages().iter().eq((0..100).map(|n| n * 2 + 1)));
    });
}

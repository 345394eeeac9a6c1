//! What the channel guarantees, one sentence each, as models that loom runs in every order.

use super::channel::{Receiver, Sender, channel};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvError, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::{self, Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// Every value is delivered exactly once.
pub(crate) fn every_value_is_delivered_once() {
    model::check(|| {
        let (sender, receiver) = channel(1);
        // Not a clone for each: that would triple the steps, and so the orders.
        let sender = Arc::new(sender);
        let producers = [1, 2].map(|value| {
            let sender = Arc::clone(&sender);
            thread::spawn(move || sender.send(value).expect("the receiver lives"))
        });
        let mut values = [(); 2].map(|()| receiver.recv().expect("a sender lives"));
        values.sort();
        assert_eq!(values, [1, 2], "a value is lost or doubled");
        producers.into_iter().for_each(join);
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    });
}

/// The values of one producer are received in the order in which they were sent.
pub(crate) fn a_producers_values_keep_their_order() {
    model::check(|| {
        let (sender, receiver) = channel(2);
        let producer = thread::spawn(move || {
            for value in 1..=3 {
                sender.send(value).expect("the receiver lives");
            }
        });
        let values: Vec<_> = receiver.iter().collect();
        assert_eq!(values, [1, 2, 3], "out of order");
        join(producer);
    });
}

/// The queue never exceeds its capacity, not even after a spurious wake-up.
pub(crate) fn the_queue_never_exceeds_its_capacity() {
    model::check(|| {
        let (sender, receiver) = channel(1);
        sender.send(1).expect("the receiver lives");
        let sent = Arc::new(AtomicUsize::new(1));
        let counted = Arc::clone(&sent);
        let producer = thread::spawn(move || {
            sender.send(2).expect("the receiver lives");
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let disturber = thread::spawn(model::wake_spuriously);
        join(disturber);
        // Nothing was received yet, so what was sent is queued.
        assert_eq!(sent.load(Ordering::Relaxed), 1, "more than the capacity");
        assert_eq!(receiver.recv(), Ok(1));
        assert_eq!(receiver.recv(), Ok(2));
        join(producer);
    });
}

/// Two values reach two waiting receivers: no wake-up is lost.
pub(crate) fn two_values_reach_two_receivers() {
    model::check(|| {
        let (sender, receiver) = channel(2);
        let (arrived, other_arrived) = mpsc::channel();
        // One takes no second value until the other has its first, so both must be woken.
        let one = receive(receiver.clone(), move |value| {
            value.expect("a value for each");
            other_arrived.recv().expect("the other arrives");
        });
        let other = receive(receiver, move |value| {
            value.expect("a value for each");
            arrived.send(()).expect("the one waits");
        });
        sender.send(1).expect("there are receivers");
        sender.send(2).expect("there are receivers");
        join(one);
        join(other);
    });
}

/// Space for two values reaches two waiting senders: no wake-up is lost.
pub(crate) fn space_for_two_reaches_two_senders() {
    model::check(|| {
        let (sender, receiver) = channel(2);
        sender.send(1).expect("the receiver lives");
        sender.send(2).expect("the receiver lives");
        let one = send(sender.clone(), 3);
        let other = send(sender, 4);
        assert_eq!(receiver.recv(), Ok(1));
        assert_eq!(receiver.recv(), Ok(2));
        join(one);
        join(other);
    });
}

/// When the last sender is dropped, every waiting receiver wakes up, with and without a time-out.
pub(crate) fn a_close_wakes_every_receiver() {
    model::check(|| {
        let (sender, receiver) = channel::<u8>(1);
        let ends = |value| assert_eq!(value, Err(RecvError));
        let one = receive(receiver.clone(), ends);
        let other = thread::spawn(move || {
            let value = receiver.recv_timeout(SECOND); // the clock does not move
            assert_eq!(value, Err(RecvTimeoutError::Disconnected));
        });
        drop(sender);
        join(one);
        join(other);
    });
}

/// When the last receiver is dropped, every waiting sender wakes up and gets its value back.
pub(crate) fn a_close_wakes_every_sender_and_gives_its_value_back() {
    model::check(|| {
        let (sender, receiver) = channel(1);
        sender.send(1).expect("the receiver lives");
        let senders = [2, 3].map(|value| {
            let sender = sender.clone();
            thread::spawn(move || {
                let refused = sender.send(value).expect_err("the queue is full");
                assert_eq!(refused.0, value);
            })
        });
        drop(receiver);
        senders.into_iter().for_each(join);
    });
}

/// A value that was sent before the last sender was dropped is received before the end.
pub(crate) fn a_value_sent_before_the_close_is_received() {
    model::check(|| {
        let (sender, receiver) = channel(1);
        let producer = send(sender, 1);
        assert_eq!(receiver.recv(), Ok(1), "a value is lost");
        assert_eq!(receiver.recv(), Err(RecvError));
        join(producer);
    });
}

/// A receiver that times out just when it is notified of a value does not leave the value in the
/// queue while another receiver waits.
pub(crate) fn a_time_out_loses_no_value() {
    model::check(|| {
        let (sender, receiver) = channel(1);
        let receiver = Arc::new(receiver);
        let shared = Arc::clone(&receiver);
        let hasty = thread::spawn(move || shared.recv_timeout(SECOND).is_ok());
        let waits = model::waiting() == 1;
        let patient = thread::spawn(move || receiver.recv().is_ok());
        if waits && model::waiting() == 2 {
            sender.send(1).expect("there are receivers");
            time::pass(SECOND);
            if hasty.join().expect("it does not panic") {
                sender.send(1).expect("the patient receiver waits");
            }
            assert!(
                patient.join().expect("it does not panic"),
                "a value is lost"
            );
        } else {
            drop(sender); // another order, which this property is not about
            assert!(!hasty.join().expect("it does not panic"));
            assert!(!patient.join().expect("it does not panic"));
        }
    });
}

/// A time-out at the moment of a notification does not cost the next wait its own notification.
pub(crate) fn a_time_out_loses_no_wake_up() {
    model::check(|| {
        let (sender, receiver) = channel(2);
        let receiver = thread::spawn(move || {
            let in_time = receiver.recv_timeout(SECOND).is_ok();
            for _ in usize::from(in_time)..2 {
                receiver.recv().expect("there are two values");
            }
        });
        time::pass(SECOND);
        sender.send(1).expect("there is a receiver");
        sender.send(2).expect("there is a receiver");
        join(receiver); // the sender still exists: its end would wake every receiver
    });
}

/// A receiver that timed out is not notified later.
pub(crate) fn a_receiver_that_timed_out_is_not_notified() {
    model::check(|| {
        let (sender, receiver) = channel(1);
        let receiver = Arc::new(receiver);
        let shared = Arc::clone(&receiver);
        let hasty = thread::spawn(move || _ = shared.recv_timeout(SECOND));
        let clock = time::flow();
        join(hasty);
        clock.stop();
        sender.send(1).expect("there is a receiver");
        assert_eq!(
            model::notified_nobody(),
            0,
            "notified, but nobody was there"
        );
        assert_eq!(receiver.recv(), Ok(1));
    });
}

/// A sender that times out just when it is notified of free space does not keep another sender
/// waiting.
pub(crate) fn a_time_out_loses_no_space() {
    model::check(|| {
        let (sender, receiver) = channel(1);
        sender.send(1).expect("there is a receiver");
        let sender = Arc::new(sender);
        let (hasty, patient) = (Arc::clone(&sender), sender);
        let hasty = thread::spawn(move || hasty.send_timeout(2, SECOND).is_ok());
        let waits = model::waiting() == 1;
        let patient = thread::spawn(move || patient.send(3).is_ok());
        if waits && model::waiting() == 2 {
            assert_eq!(receiver.recv(), Ok(1));
            time::pass(SECOND);
            if hasty.join().expect("it does not panic") {
                assert_eq!(receiver.recv(), Ok(2));
            }
            assert!(patient.join().expect("it does not panic"));
            assert_eq!(receiver.recv(), Ok(3));
        } else {
            drop(receiver); // another order, which this property is not about
            hasty.join().expect("it does not panic");
            patient.join().expect("it does not panic");
        }
    });
}

/// A sender that has sent, or timed out, is not notified later.
pub(crate) fn a_sender_that_is_gone_is_not_notified() {
    model::check(|| {
        let (sender, receiver) = channel(1);
        sender.send(1).expect("there is a receiver");
        let sender = Arc::new(sender);
        let shared = Arc::clone(&sender);
        let hasty = thread::spawn(move || _ = shared.send_timeout(2, SECOND));
        let clock = time::flow();
        join(hasty);
        clock.stop();
        assert_eq!(receiver.recv(), Ok(1));
        let notified = model::notified_nobody();
        assert_eq!(notified, 0, "notified, but nobody was there");
    });
}

/// A wait with a time-out ends when its time is over, and not before, spurious wake-ups or not.
pub(crate) fn a_time_out_is_neither_early_nor_late() {
    model::check(|| {
        let (sender, receiver) = channel::<u8>(1);
        let hasty = thread::spawn(move || {
            let start = Instant::now();
            let nothing = receiver.recv_timeout(SECOND);
            assert_eq!(nothing, Err(RecvTimeoutError::Timeout));
            assert_eq!(start.elapsed(), SECOND);
            drop(sender);
        });
        let clock = time::flow();
        model::wake_spuriously();
        join(hasty);
        clock.stop();
    });
}

fn send(sender: Sender<u8>, value: u8) -> thread::JoinHandle<()> {
    thread::spawn(move || sender.send(value).expect("the receiver lives"))
}

fn receive(
    receiver: Receiver<u8>,
    then: impl FnOnce(Result<u8, RecvError>) + 'static,
) -> thread::JoinHandle<()> {
    thread::spawn(move || then(receiver.recv()))
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}

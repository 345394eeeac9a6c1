//! The channel with real threads: counts, order, both kinds of close, time-outs.

use channel::{Receiver, Sender, channel};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::mpsc::{RecvError, RecvTimeoutError, TryRecvError, TrySendError};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};
#[cfg(target_os = "linux")]
use testing::waits::assert_sleeps;

/// Threads may share both ends and send them to each other, if the values may be sent.
/// As in std, the values need not be `Sync`: a `Cell` is only moved.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Sender<u8>>();
    sendable_and_shareable::<Receiver<u8>>();
    sendable_and_shareable::<Sender<Cell<u8>>>();
    sendable_and_shareable::<Receiver<Cell<u8>>>();
};

const MOMENT: Duration = Duration::from_millis(10);

#[test]
fn every_value_once_and_in_the_order_of_its_producer() {
    let _limit = testing::watchdog::limit();
    const PRODUCERS: usize = 4;
    const EACH: usize = 5_000;
    for capacity in [1, 3, 1000] {
        let (sender, receiver) = channel(capacity);
        let lists = thread::scope(|scope| {
            for producer in 0..PRODUCERS {
                let sender = sender.clone();
                scope.spawn(move || {
                    for value in 0..EACH {
                        sender.send((producer, value)).unwrap();
                    }
                });
            }
            drop(sender);
            let consumers = [(); 3].map(|()| {
                let receiver = receiver.clone();
                scope.spawn(move || receiver.iter().collect::<Vec<_>>())
            });
            consumers.map(|consumer| consumer.join().unwrap())
        });
        for list in &lists {
            for producer in 0..PRODUCERS {
                let of = list.iter().filter(|(from, _)| *from == producer);
                assert!(of.is_sorted());
            }
        }
        let received = lists.concat();
        assert_eq!(received.len(), PRODUCERS * EACH);
        let different = received.into_iter().collect::<BTreeSet<_>>();
        assert_eq!(different.len(), PRODUCERS * EACH);
    }
}

#[test]
fn full_means_as_many_as_the_capacity() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = channel(2);
    assert_eq!(sender.try_send(1), Ok(()));
    assert_eq!(sender.try_send(2), Ok(()));
    assert_eq!(sender.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(sender.try_send(3), Ok(()));
    assert_eq!(receiver.iter().take(2).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn the_last_sender_ends_the_queue_and_not_before_it_is_empty() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = channel(2);
    let other = sender.clone();
    sender.send(1).unwrap();
    drop(sender);
    assert_eq!(receiver.recv(), Ok(1));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    other.send(2).unwrap();
    drop(other);
    assert_eq!(receiver.recv(), Ok(2));
    assert_eq!(receiver.recv(), Err(RecvError));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
    let timed = receiver.recv_timeout(Duration::MAX);
    assert_eq!(timed, Err(RecvTimeoutError::Disconnected));
}

#[test]
fn the_last_receiver_gives_each_value_back() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = channel(1);
    let other = receiver.clone();
    drop(receiver);
    sender.send(1).unwrap();
    thread::scope(|scope| {
        let waits = scope.spawn(|| sender.send(2));
        while !format!("{sender:?}").contains("senders_waiting: Waiting { threads: 1") {
            thread::yield_now();
        }
        drop(other);
        assert_eq!(waits.join().unwrap().unwrap_err().0, 2);
    });
    assert_eq!(sender.try_send(3), Err(TrySendError::Disconnected(3)));
    assert_eq!(sender.send(4).unwrap_err().0, 4);
}

#[test]
fn a_value_that_nobody_received_is_dropped_with_the_last_receiver() {
    let _limit = testing::watchdog::limit();
    let value = Arc::new(());
    let (sender, receiver) = channel(1);
    sender.send(Arc::clone(&value)).unwrap(); // Ok, and yet it is never received
    assert_eq!(Arc::strong_count(&value), 2);
    drop(receiver);
    assert_eq!(Arc::strong_count(&value), 1);
}

/// A value may hold an end of its own channel, so its drop must not run under the lock.
#[test]
fn a_value_that_holds_the_channel_can_be_dropped() {
    let _limit = testing::watchdog::limit();
    struct Looped(#[expect(dead_code, reason = "it is there to be dropped")] Sender<Looped>);
    let (sender, receiver) = channel(1);
    sender.send(Looped(sender.clone())).unwrap();
    drop(receiver);
}

/// The `Debug` of a value may use its channel, so it must not run under the lock either.
#[test]
fn printing_an_end_prints_no_value() {
    let _limit = testing::watchdog::limit();
    struct Unprintable;
    impl fmt::Debug for Unprintable {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("printed under the lock")
        }
    }
    let (sender, receiver) = channel(1);
    sender.send(Unprintable).unwrap();
    assert!(format!("{sender:?}").contains("queued: 1"));
    assert!(format!("{receiver:?}").contains("queued: 1"));
}

#[test]
fn a_time_out_is_not_early_and_may_be_too_long_to_express() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = channel(1);
    let start = Instant::now();
    assert_eq!(
        receiver.recv_timeout(MOMENT),
        Err(RecvTimeoutError::Timeout)
    );
    assert!(start.elapsed() >= MOMENT);
    assert_eq!(
        receiver.recv_timeout(Duration::ZERO),
        Err(RecvTimeoutError::Timeout)
    );
    let nobody = "receivers_waiting: Waiting { threads: 0, notified: 0 }";
    assert!(format!("{sender:?}").contains(nobody), "{sender:?}");
    sender.send(1).unwrap();
    assert_eq!(receiver.recv_timeout(Duration::ZERO), Ok(1));
    thread::scope(|scope| {
        let patient = scope.spawn(|| receiver.recv_timeout(Duration::MAX));
        thread::sleep(MOMENT); // decides nothing: one that does not wait has ended by then
        assert!(!patient.is_finished(), "it did not wait");
        sender.send(2).unwrap();
        assert_eq!(patient.join().unwrap(), Ok(2));
    });
}

#[test]
fn two_consumers_receive_at_the_same_time() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = channel(2);
    let meeting = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                receiver.recv().unwrap();
                meeting.wait(); // would wait forever if one of them held the queue
            });
        }
        sender.send(1).unwrap();
        sender.send(2).unwrap();
    });
}

#[test]
#[should_panic(expected = "a channel needs a capacity of at least 1")]
fn a_capacity_of_zero_is_refused() {
    let _limit = testing::watchdog::limit();
    let _ = channel::<u8>(0);
}

#[test]
fn a_huge_capacity_allocates_nothing_in_advance() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = channel(usize::MAX);
    sender.send(1).unwrap();
    assert_eq!(receiver.recv(), Ok(1));
}

#[test]
fn a_send_that_times_out_gives_its_value_back() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = channel(1);
    assert_eq!(sender.send_timeout(1, Duration::MAX), Ok(()));
    let start = Instant::now();
    let full = sender.send_timeout(2, MOMENT);
    assert_eq!(full, Err(TrySendError::Full(2)));
    assert!(start.elapsed() >= MOMENT);
    thread::scope(|scope| {
        let patient = scope.spawn(|| sender.send_timeout(3, Duration::MAX));
        thread::sleep(MOMENT);
        assert!(!patient.is_finished(), "it did not wait");
        assert_eq!(receiver.recv(), Ok(1));
        assert_eq!(patient.join().unwrap(), Ok(()));
    });
    drop(receiver);
    let closed = sender.send_timeout(4, MOMENT);
    assert_eq!(closed, Err(TrySendError::Disconnected(4)));
}

/// As std's: a struct with a channel of any values can derive `Debug`.
#[test]
fn debug_asks_nothing_of_the_values() {
    let _limit = testing::watchdog::limit();
    struct NoDebug;
    let (sender, receiver) = channel::<NoDebug>(1);
    assert!(format!("{sender:?}").starts_with("Sender("));
    assert!(format!("{receiver:?}").starts_with("Receiver("));
}

#[cfg(target_os = "linux")]
#[test]
fn waiting_threads_use_no_cpu() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = channel(1);
    let hour = Duration::from_secs(3600);
    for receive in [
        |receiver: &Receiver<u8>, _| receiver.recv().map_err(|_| ()),
        |receiver: &Receiver<u8>, hour| receiver.recv_timeout(hour).map_err(|_| ()),
    ] {
        let end = || sender.send(1).unwrap();
        assert_sleeps(|| assert_eq!(receive(&receiver, hour), Ok(1)), end);
    }
    sender.send(1).unwrap();
    for send in [
        |sender: &Sender<u8>, _| sender.send(2).map_err(|_| ()),
        |sender: &Sender<u8>, hour| sender.send_timeout(2, hour).map_err(|_| ()),
    ] {
        let end = || _ = receiver.recv().unwrap();
        assert_sleeps(|| assert_eq!(send(&sender, hour), Ok(())), end);
    }
}

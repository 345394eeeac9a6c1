//! The traps of the page, each wrong and right.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;
use testing::watchdog;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

#[path = "../../examples/watch.rs"]
mod watch_example;

// ANCHOR: hour
const HOUR: Duration = Duration::from_secs(3600);
// ANCHOR_END: hour

#[test]
fn send_without_a_receiver_loses_the_value() {
    let _limit = watchdog::limit();
    assert_eq!(watch_example::send(), "old");
    assert_eq!(watch_example::send_replace(), "new");
}

#[test]
fn a_second_borrow_behind_a_sender_hangs() {
    let test = "traps::a_second_borrow_behind_a_sender_hangs";
    watchdog::assert_hangs(test, "borrows twice", || {
        let _ = writeln!(io::stdout(), "borrows twice");
        let (before, after) = watch_example::borrow_twice();
        let _ = writeln!(io::stdout(), "before {before}, after {after}");
    });
}

#[test]
fn copied_values_hold_no_lock() {
    watchdog::assert_ends(|| {
        assert_eq!(watch_example::copy_twice(), (1, 2));
    });
}

#[test]
fn a_send_under_its_own_borrow_hangs() {
    let test = "traps::a_send_under_its_own_borrow_hangs";
    watchdog::assert_hangs(test, "sends", || {
        let (sender, receiver) = watch::channel(1);
        let seen = receiver.borrow();
        let _ = writeln!(io::stdout(), "sends");
        let _ = sender.send(*seen + 1);
        let _ = writeln!(io::stdout(), "sent");
    });
}

#[tokio::test]
// ANCHOR: lagged
async fn a_slow_reader_is_told_how_many_it_missed() {
    let (sender, mut receiver) = broadcast::channel(2);
    for event in [1, 2, 3, 4] {
        sender.send(event).expect("there is a receiver");
    }
    drop(sender);

    let mut received = Vec::new();
    let missed = loop {
        // Wrong: `while let Ok(event)` would end here, before the first event.
        match receiver.recv().await {
            Err(broadcast::error::RecvError::Lagged(missed)) => break missed,
            Ok(event) => received.push(event),
            Err(broadcast::error::RecvError::Closed) => break 0,
        }
    };
    assert_eq!((missed, received.len()), (2, 0));

    while let Ok(event) = receiver.recv().await {
        received.push(event); // right: receive on, from the oldest that is left
    }
    assert_eq!(received, [3, 4]);
}
// ANCHOR_END: lagged

#[tokio::test]
async fn the_messages_are_those_of_the_page() {
    let _limit = watchdog::limit();
    let (sender, receiver) = mpsc::channel(1);
    sender.try_send(1).expect("there is capacity");
    let full = sender.try_send(2).expect_err("it is full");
    assert_eq!(full.to_string(), "no available capacity");
    drop(receiver);
    let closed = sender.send(3).await.expect_err("it is closed");
    assert_eq!(closed.to_string(), "channel closed");

    let (sender, receiver) = oneshot::channel::<u32>();
    drop(sender);
    let closed = receiver.await.expect_err("the sender has gone");
    assert_eq!(closed.to_string(), "channel closed");

    let (sender, mut receiver) = broadcast::channel::<u32>(1);
    drop(sender);
    let closed = receiver.recv().await.expect_err("the sender has gone");
    assert_eq!(closed.to_string(), "channel closed");
    let (sender, mut receiver) = watch::channel(1);
    drop(sender);
    let closed = receiver.changed().await.expect_err("the sender has gone");
    assert_eq!(closed.to_string(), "channel closed");

    let (sender, mut receiver) = broadcast::channel(2);
    for event in 0..4 {
        sender.send(event).expect("there is a receiver");
    }
    let lagged = receiver.recv().await.expect_err("it has lagged");
    assert_eq!(lagged.to_string(), "channel lagged by 2");
}

#[tokio::test]
// ANCHOR: full
async fn try_send_gives_the_value_back() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send("first").expect("there is capacity");
    let Err(TrySendError::Full(back)) = sender.try_send("second") else {
        unreachable!("it is full, and there is a receiver");
    };
    // In a task: wait. In code that must not wait: drop `back`, count it, or answer "busy".
    let (sent, received) = tokio::join!(sender.send(back), receiver.recv());
    assert_eq!((sent.is_ok(), received), (true, Some("first")));
}
// ANCHOR_END: full

#[tokio::test]
// ANCHOR: subscribe
async fn a_late_subscriber_misses_what_was_sent_before() {
    let (sender, mut early) = broadcast::channel(8);
    sender.send("started").expect("there is a receiver");
    let mut late = sender.subscribe(); // wrong, if it must see "started": subscribe first
    drop(sender);
    assert_eq!(early.recv().await.ok(), Some("started"));
    assert!(late.recv().await.is_err());
}
// ANCHOR_END: subscribe

#[tokio::test(start_paused = true)]
// ANCHOR: notify
async fn notify_waiters_wakes_only_those_who_wait_already() {
    let notify = Notify::new();
    let ready = notify.notified(); // right: it counts from here on, also before its first poll
    notify.notify_waiters();
    let too_late = notify.notified(); // wrong: made after the call
    assert!(timeout(HOUR, ready).await.is_ok());
    assert!(timeout(HOUR, too_late).await.is_err());
}
// ANCHOR_END: notify

#[tokio::test(start_paused = true)]
async fn notify_one_wakes_one_of_several() {
    let _limit = watchdog::limit();
    let notify = Arc::new(Notify::new());
    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        let notify = Arc::clone(&notify);
        tasks.spawn(async move { notify.notified().await });
    }
    yield_now().await;
    notify.notify_one();
    notify.notify_one();
    yield_now().await;
    let woken = std::iter::from_fn(|| tasks.try_join_next()).count();
    assert_eq!(woken, 2); // they wait, so each call reaches one of them
}

#[tokio::test(start_paused = true)]
// ANCHOR: own_sender
async fn a_loop_that_owns_a_sender_never_ends() {
    let (sender, mut receiver) = mpsc::channel::<u32>(1);
    let keeps = sender.clone(); // wrong: kept by the very task that receives
    drop(sender);
    assert!(timeout(HOUR, receiver.recv()).await.is_err());
    drop(keeps); // right: keep a `WeakSender`, from `downgrade()`
    assert_eq!(receiver.recv().await, None);
}
// ANCHOR_END: own_sender

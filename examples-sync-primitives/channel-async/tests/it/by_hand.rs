//! The oneshot built by hand on real threads and on tokio. `tests/model.rs` has every order of steps.

use channel_async::by_hand::{Closed, Receiver, Sender, oneshot};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;
use testing::watchdog;
use tokio::time::timeout;

#[tokio::test]
async fn ten_thousand_values_from_another_thread_arrive_once() {
    let _limit = watchdog::limit();
    let value = Arc::new(());
    for _ in 0..10_000 {
        let (sender, receiver) = oneshot();
        let sent = Arc::clone(&value);
        let thread = thread::spawn(move || sender.send(sent).is_ok());
        assert!(
            receiver
                .await
                .is_ok_and(|received| Arc::ptr_eq(&received, &value))
        );
        assert!(thread.join().expect("it does not panic"));
    }
    assert_eq!(Arc::strong_count(&value), 1, "a value is left");
}

#[tokio::test]
async fn each_end_learns_that_the_other_one_has_gone() {
    let _limit = watchdog::limit();
    let (sender, receiver) = oneshot::<u32>();
    drop(sender);
    assert_eq!(receiver.await, Err(Closed));

    let (sender, receiver) = oneshot();
    assert!(!sender.is_closed());
    drop(receiver);
    assert!(sender.is_closed());
    assert_eq!(sender.send(7), Err(7));
}

#[tokio::test(start_paused = true)]
async fn a_time_out_over_a_reference_loses_nothing() {
    let _limit = watchdog::limit();
    let (sender, mut receiver) = oneshot();
    let waited = timeout(Duration::from_secs(1), &mut receiver).await;
    assert!(waited.is_err());
    assert_eq!(sender.send(7), Ok(()));
    assert_eq!(receiver.await, Ok(7));
}

#[test]
fn a_value_that_nobody_receives_is_dropped_with_the_receiver() {
    let _limit = watchdog::limit();
    let value = Arc::new(());
    let (sender, receiver) = oneshot();
    assert_eq!(sender.send(Arc::clone(&value)), Ok(()));
    assert_eq!(Arc::strong_count(&value), 2);
    drop(receiver);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn its_error_says_that_the_sender_was_dropped() {
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<Closed>();
    let text = "channel closed: the sender was dropped and has sent nothing";
    assert_eq!(Closed.to_string(), text);
}

/// The channel keeps the waker of the last poll, and no waker once there is nothing to wait for. A
/// row for each way in which that comes about.
#[test]
fn no_waker_is_kept_without_a_need() {
    struct Task;
    impl Wake for Task {
        fn wake(self: Arc<Self>) {}
    }
    type End = fn(&mut Option<Sender<u32>>, &mut Option<Receiver<u32>>);
    let ends: [End; 3] = [
        |sender, _| assert_eq!(sender.take().unwrap().send(7), Ok(())),
        |sender, _| *sender = None,
        |_, receiver| *receiver = None,
    ];
    let _limit = watchdog::limit();
    for (row, end) in ends.into_iter().enumerate() {
        let task = Arc::new(Task);
        let waker = Waker::from(Arc::clone(&task));
        let (sender, mut receiver) = oneshot();
        for _ in 0..3 {
            let poll = Pin::new(&mut receiver).poll(&mut Context::from_waker(&waker));
            assert!(poll.is_pending());
        }
        drop(waker);
        assert_eq!(Arc::strong_count(&task), 2, "row {row}");
        let (mut sender, mut receiver) = (Some(sender), Some(receiver));
        end(&mut sender, &mut receiver);
        assert_eq!(Arc::strong_count(&task), 1, "row {row}");
    }
}

/// As the ends of std's channel do, these ask nothing of the value, and do not show it.
#[test]
fn debug_shows_the_state_and_no_value() {
    struct NoDebug;
    let _limit = watchdog::limit();
    let (sender, receiver) = oneshot::<NoDebug>();
    assert_eq!(format!("{sender:?}"), "Sender(Open)");
    assert!(sender.send(NoDebug).is_ok());
    assert_eq!(format!("{receiver:?}"), "Receiver(Sent)");
    let (sender, receiver) = oneshot::<NoDebug>();
    drop(receiver);
    assert_eq!(format!("{sender:?}"), "Sender(Closed)");
}

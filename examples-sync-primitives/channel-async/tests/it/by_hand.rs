//! The oneshot built by hand on real threads and on tokio. `tests/model.rs` has every order of steps.

use channel_async::by_hand::{Closed, oneshot};
use std::sync::Arc;
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
    let (sender, mut receiver) = oneshot();
    let waited = timeout(Duration::from_secs(1), &mut receiver).await;
    assert!(waited.is_err());
    assert_eq!(sender.send(7), Ok(()));
    assert_eq!(receiver.await, Ok(7));
}

#[test]
fn a_value_that_nobody_receives_is_dropped_with_the_receiver() {
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
    assert!(Closed.to_string().starts_with("channel closed"));
}

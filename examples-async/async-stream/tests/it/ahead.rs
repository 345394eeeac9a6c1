//! `ahead`: the stream whose `poll_next` is written by hand.

use async_stream::ahead;
use futures_util::stream::poll_fn;
use futures_util::{Stream, StreamExt, stream};
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use testing::waits;
use testing::watchdog;
use tokio::sync::mpsc;
use tokio::task::yield_now;

#[tokio::test]
async fn it_starts_immediately_and_stops_at_its_capacity() {
    let _limit = watchdog::limit();
    let produced = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&produced);
    let mut numbers = ahead(
        stream::iter(0..100).inspect(move |_| {
            counts.fetch_add(1, Relaxed);
        }),
        8,
    );
    assert_eq!(format!("{numbers:?}"), "Ahead { .. }");
    for read in 0..=92 {
        for _ in 0..3 {
            yield_now().await;
        }
        assert_eq!(produced.load(Relaxed), read + 8);
        assert_eq!(numbers.next().await, Some(read));
    }
    assert_eq!(numbers.count().await, 7);
}

/// Is `true` as long as it exists.
struct Exists(Arc<AtomicBool>);

impl Drop for Exists {
    fn drop(&mut self) {
        self.0.store(false, Relaxed);
    }
}

#[tokio::test]
async fn dropping_it_drops_the_producer_whatever_it_waits_for() {
    let _limit = watchdog::limit();
    // It waits for capacity, for a value, or has ended.
    for (values, more) in [(9, false), (0, true), (1, false)] {
        let flag = Arc::new(AtomicBool::new(true));
        let exists = Exists(Arc::clone(&flag));
        let (sender, mut receiver) = mpsc::channel(16);
        for value in 0..values {
            sender.try_send(value).expect("there is capacity");
        }
        let keep = more.then(|| sender.clone());
        drop(sender);
        let source = poll_fn(move |context| {
            let _exists = &exists;
            receiver.poll_recv(context)
        });
        let numbers = ahead(source, 2);
        yield_now().await;
        drop(numbers);
        yield_now().await;
        assert!(!flag.load(Relaxed), "the producer still exists");
        drop(keep);
    }
}

#[tokio::test]
async fn a_panic_of_the_producer_arrives_after_the_items_before_it() {
    let _limit = watchdog::limit();
    let source = stream::iter(0..3).map(|number| {
        if number == 2 {
            panic_any("no third item");
        }
        number
    });
    let reader = tokio::spawn(async move {
        let mut numbers = ahead(source, 8);
        assert_eq!(numbers.next().await, Some(0));
        assert_eq!(numbers.next().await, Some(1));
        numbers.next().await
    });
    let panic = reader.await.expect_err("it panics").into_panic();
    assert_eq!(panic.downcast_ref(), Some(&"no third item"));
}

#[tokio::test]
async fn after_its_end_it_can_be_polled_again() {
    let _limit = watchdog::limit();
    let mut numbers = ahead(stream::iter([1]), 1);
    assert_eq!(numbers.next().await, Some(1));
    for _ in 0..3 {
        assert_eq!(numbers.next().await, None);
    }
}

#[tokio::test]
async fn pending_stores_the_latest_waker() {
    let _limit = watchdog::limit();
    let (sender, mut receiver) = mpsc::channel::<u32>(1);
    let mut numbers = ahead(poll_fn(move |context| receiver.poll_recv(context)), 1);
    yield_now().await;
    {
        let next = std::pin::pin!(numbers.next());
        let woken = waits::moved(next);
        sender.send(7).await.expect("it is received");
        for _ in 0..3 {
            yield_now().await;
        }
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), ["second"]);
    }
    let mut context = Context::from_waker(Waker::noop());
    let item = Pin::new(&mut numbers).poll_next(&mut context);
    assert_eq!(item, Poll::Ready(Some(7)));
}

#[tokio::test]
async fn the_largest_capacity_is_no_panic() {
    let _limit = watchdog::limit();
    let numbers: Vec<_> = ahead(stream::iter(0..1000), usize::MAX).collect().await;
    assert_eq!(numbers, Vec::from_iter(0..1000));
}

#[tokio::test]
#[should_panic(expected = "mpsc bounded channel requires buffer > 0")]
async fn a_capacity_of_0_panics() {
    let _limit = watchdog::limit();
    drop(ahead(stream::iter([1]), 0));
}

//! The traps of the page, with tokio's paused clock.

use futures_util::{StreamExt, stream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use testing::watchdog;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

#[path = "../../examples/requests.rs"]
mod requests;

// ANCHOR: hour
const HOUR: Duration = Duration::from_secs(3600);
// ANCHOR_END: hour

#[tokio::test(start_paused = true)]
async fn futures_in_the_buffer_time_out_while_the_loop_body_runs() {
    let _limit = watchdog::limit();
    let late = |(done, _): requests::Read| (!done.ok).then_some(done.number);
    let paused = requests::paused().await;
    let slowest = paused.iter().map(|(done, _)| done.ended - done.started);
    assert_eq!(slowest.max(), Some(Duration::from_millis(3100)));
    let paused: Vec<_> = paused.into_iter().filter_map(late).collect();
    assert_eq!(paused, [1, 2, 3, 5, 6, 7]);

    let running = requests::running().await;
    let slowest = running.iter().map(|(done, _)| done.ended - done.started);
    assert_eq!(slowest.max(), Some(Duration::from_millis(400)));
    assert_eq!(running.into_iter().filter_map(late).count(), 0);
}

#[tokio::test(start_paused = true)]
// ANCHOR: lazy
async fn a_stream_that_nobody_reads_does_nothing() {
    let started = AtomicUsize::new(0);
    let requests = || {
        stream::iter(0..3).map(|number| {
            started.fetch_add(1, Relaxed);
            async move { number }
        })
    };
    let _ = requests().buffered(3); // wrong: nothing happens
    assert_eq!(started.load(Relaxed), 0);

    requests().buffered(3).for_each(|_| async {}).await; // right: read it to its end
    assert_eq!(started.load(Relaxed), 3);
}
// ANCHOR_END: lazy

#[tokio::test(start_paused = true)]
// ANCHOR: then
async fn then_runs_one_after_the_other() {
    let start = tokio::time::Instant::now();
    let get = async |number| {
        sleep(Duration::from_secs(1)).await;
        number
    };
    stream::iter(0..5).then(get).collect::<Vec<_>>().await; // wrong: `then` awaits each one
    assert_eq!(start.elapsed().as_secs(), 5);

    let start = tokio::time::Instant::now();
    let futures = stream::iter(0..5).map(get); // right: a stream of futures,
    futures.buffered(5).collect::<Vec<_>>().await; // and `buffered` polls five of them
    assert_eq!(start.elapsed().as_secs(), 1);
}
// ANCHOR_END: then

#[tokio::test(start_paused = true)]
// ANCHOR: zero
async fn a_buffer_of_zero_never_ends() {
    let futures = stream::iter(0..3).map(|number| async move { number });
    let all = futures.buffer_unordered(0).collect::<Vec<_>>(); // wrong: also for an empty list
    assert!(timeout(HOUR, all).await.is_err());
}
// ANCHOR_END: zero

#[tokio::test(start_paused = true)]
// ANCHOR: permits
async fn a_loop_body_that_needs_what_the_buffer_holds_hangs() {
    let connections = Arc::new(Semaphore::new(2));
    let get = async |number| {
        let _connection = connections.acquire().await;
        for _ in 0..=number {
            sleep(Duration::from_millis(100)).await;
        }
    };
    let reads = async {
        let mut results = stream::iter(0..3).map(get).buffer_unordered(3);
        while let Some(()) = results.next().await {
            // Wrong: the futures in the buffer hold or get every connection, and are not polled.
            let _connection = connections.acquire().await;
        }
    };
    assert!(timeout(HOUR, reads).await.is_err());
}
// ANCHOR_END: permits

#[tokio::test(start_paused = true)]
async fn the_same_with_tasks_does_not_hang() {
    let _limit = watchdog::limit();
    let connections = Arc::new(Semaphore::new(2));
    let get = |number| {
        let connections = Arc::clone(&connections);
        async move {
            let _connection = connections.acquire().await;
            for _ in 0..=number {
                sleep(Duration::from_millis(100)).await;
            }
        }
    };
    let mut results = async_stream::fetch_stream(0..3, 3, get);
    let mut count = 0;
    while let Some(()) = results.next().await {
        let _connection = connections.acquire().await;
        count += 1;
    }
    assert_eq!(count, 3);
}

//! The circuit breaker, in virtual time.

use async_retry::Breaker;
use std::future::{Future, pending, poll_fn, ready};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, advance};

const PAUSE: Duration = Duration::from_secs(10);

async fn call(breaker: &Breaker, result: Result<(), ()>) -> Option<Result<(), ()>> {
    breaker.call(|| ready(result)).await
}

/// A breaker that has just opened.
async fn open() -> Breaker {
    let breaker = Breaker::new(3, PAUSE);
    for _ in 0..3 {
        assert_eq!(call(&breaker, Err(())).await, Some(Err(())));
    }
    assert_eq!(call(&breaker, Ok(())).await, None);
    breaker
}

/// Polls once.
async fn begin<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    let mut future = future;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn it_refuses_all_calls_during_the_pause_and_lets_one_through_after_it() {
    let _limit = testing::watchdog::limit();
    let breaker = open().await;
    let start = Instant::now();
    while start.elapsed() < PAUSE {
        assert_eq!(call(&breaker, Ok(())).await, None, "{:?}", start.elapsed());
        advance(Duration::from_secs(1)).await;
    }
    assert_eq!(call(&breaker, Ok(())).await, Some(Ok(())));
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_succeeds_closes_it_and_one_that_fails_opens_it_again() {
    let _limit = testing::watchdog::limit();
    let breaker = open().await;
    for _ in 0..5 {
        advance(PAUSE).await;
        assert_eq!(call(&breaker, Err(())).await, Some(Err(())));
        assert_eq!(
            call(&breaker, Ok(())).await,
            None,
            "a single failure is enough"
        );
    }
    advance(PAUSE).await;
    assert_eq!(call(&breaker, Ok(())).await, Some(Ok(())));
    for _ in 0..2 {
        assert_eq!(
            call(&breaker, Err(())).await,
            Some(Err(())),
            "it counts from 0"
        );
    }
    assert_eq!(call(&breaker, Ok(())).await, Some(Ok(())));
}

#[tokio::test(start_paused = true)]
async fn a_success_in_between_starts_the_count_again() {
    let _limit = testing::watchdog::limit();
    let breaker = Breaker::new(3, PAUSE);
    for _ in 0..100 {
        for result in [Err(()), Err(()), Ok(())] {
            assert_eq!(call(&breaker, result).await, Some(result));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn there_is_one_trial_at_a_time_and_after_a_cancelled_one_the_next_may_try() {
    let _limit = testing::watchdog::limit();
    let breaker = open().await;
    advance(PAUSE).await;
    for _ in 0..3 {
        let mut trial = pin!(breaker.call(pending::<Result<(), ()>>));
        assert_eq!(begin(trial.as_mut()).await, None);
        for _ in 0..10 {
            assert_eq!(call(&breaker, Ok(())).await, None, "one is under way");
        }
    } // the trial is dropped, which is neither a success nor a failure
    assert_eq!(call(&breaker, Ok(())).await, Some(Ok(())));
}

#[tokio::test(start_paused = true)]
async fn a_call_from_before_the_pause_neither_closes_nor_prolongs_it() {
    let _limit = testing::watchdog::limit();
    for old in [Ok(()), Err(())] {
        let breaker = Breaker::new(3, PAUSE);
        let (end, ended) = oneshot::channel();
        let mut slow = pin!(breaker.call(|| async { ended.await.expect("it is sent") }));
        assert_eq!(begin(slow.as_mut()).await, None);
        for _ in 0..3 {
            assert_eq!(call(&breaker, Err(())).await, Some(Err(())));
        }
        advance(PAUSE / 2).await;
        end.send(old).expect("it waits");
        assert_eq!(slow.await, Some(old));
        assert_eq!(call(&breaker, Ok(())).await, None);
        advance(PAUSE / 2).await;
        assert_eq!(call(&breaker, Ok(())).await, Some(Ok(())));
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_pause_does_not_overflow() {
    let _limit = testing::watchdog::limit();
    let breaker = Breaker::new(1, Duration::MAX);
    assert_eq!(call(&breaker, Err(())).await, Some(Err(())));
    assert_eq!(call(&breaker, Ok(())).await, None);
}

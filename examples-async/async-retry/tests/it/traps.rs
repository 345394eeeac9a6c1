//! The traps of the page, in virtual time.

use async_retry::{Breaker, Budget, Failure, GaveUp, Policy, Why, retry};
use backon::{ExponentialBuilder, Retryable};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

// ANCHOR: base
const BASE: Duration = Duration::from_millis(100);
// ANCHOR_END: base

// ANCHOR: wave
/// Wrong: clients that failed together come back together.
fn fixed(attempt: u32) -> Duration {
    BASE * 2_u32.pow(attempt)
}

/// Right: a random delay, from zero to the longest.
fn random(attempt: u32) -> Duration {
    (BASE * 2_u32.pow(attempt)).mul_f64(fastrand::f64())
}
// ANCHOR_END: wave

/// At how many different moments 100 clients make their second call.
async fn moments(delay: fn(u32) -> Duration) -> usize {
    fastrand::seed(7);
    let start = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..100 {
        clients.spawn(async move {
            sleep(delay(0)).await;
            start.elapsed()
        });
    }
    let moments: BTreeSet<_> = clients.join_all().await.into_iter().collect();
    moments.len()
}

#[tokio::test(start_paused = true)]
async fn without_jitter_100_clients_return_at_one_moment() {
    let _limit = testing::watchdog::limit();
    assert_eq!(moments(fixed).await, 1);
    assert!(moments(random).await > 40);
}

// ANCHOR: yours
async fn call(calls: &Cell<u32>) -> Result<(), Failure<&'static str>> {
    calls.set(calls.get() + 1);
    Err(Failure::Backoff("down"))
}

async fn closed() -> Result<(), Failure<&'static str>> {
    let hour = Duration::from_secs(3600);
    Err(Failure::After(hour, "closed for an hour"))
}
// ANCHOR_END: yours

// ANCHOR: three
const THREE: Policy = Policy {
    attempts: 3,
    base: Duration::from_millis(100),
    cap: Duration::from_millis(100),
    total: Duration::from_secs(60),
};
// ANCHOR_END: three

// ANCHOR: layers
async fn two_layers(calls: &Cell<u32>, budget: &Budget) {
    let library = || async {
        let inner = retry(&THREE, budget, || call(calls)).await; // wrong: 3 calls each time
        inner.map_err(Failure::Backoff)
    };
    let _ = retry(&THREE, budget, library).await; // 3 times 3 calls
}

async fn one_layer(calls: &Cell<u32>, budget: &Budget) {
    let _ = retry(&THREE, budget, || call(calls)).await; // right: at one place
}
// ANCHOR_END: layers

#[tokio::test(start_paused = true)]
async fn two_layers_multiply() {
    let _limit = testing::watchdog::limit();
    let (calls, budget) = (Cell::new(0), Budget::new(0, 100));
    two_layers(&calls, &budget).await;
    assert_eq!(calls.replace(0), 9);
    one_layer(&calls, &budget).await;
    assert_eq!(calls.get(), 3);
}

// ANCHOR: cut
async fn a_timeout_around_it(budget: &Budget) -> &'static str {
    let policy = Policy {
        total: Duration::from_secs(7200),
        ..THREE
    };
    let load = retry(&policy, budget, closed);
    match timeout(Duration::from_secs(60), load).await {
        Ok(_) => "a result",
        Err(_) => "deadline has elapsed", // wrong: waits for a minute, and the error is lost
    }
}

async fn a_total_in_the_policy(budget: &Budget) -> GaveUp<&'static str> {
    let policy = Policy {
        total: Duration::from_secs(60),
        ..THREE
    };
    let load = retry(&policy, budget, closed);
    load.await.expect_err("closed") // right: the error, and without the wait
}
// ANCHOR_END: cut

#[tokio::test(start_paused = true)]
async fn a_total_keeps_the_last_error() {
    let _limit = testing::watchdog::limit();
    let (start, budget) = (Instant::now(), Budget::new(0, 100));
    assert_eq!(a_timeout_around_it(&budget).await, "deadline has elapsed");
    assert_eq!(start.elapsed(), Duration::from_secs(60));
    let gave_up = a_total_in_the_policy(&budget).await;
    assert_eq!(
        (gave_up.why, gave_up.error),
        (Why::Deadline, Some("closed for an hour"))
    );
    assert_eq!(
        start.elapsed(),
        Duration::from_secs(60),
        "at the same moment"
    );
}

// ANCHOR: breaker
async fn load(breaker: &Breaker, calls: &Cell<u32>) -> Result<(), Failure<&'static str>> {
    match breaker.call(|| call(calls)).await {
        Some(result) => result,
        None => Err(Failure::Never("the server is down")), // not called at all
    }
}
// ANCHOR_END: breaker

#[tokio::test(start_paused = true)]
async fn retries_through_a_breaker_end_when_it_opens() {
    let _limit = testing::watchdog::limit();
    let (calls, budget) = (Cell::new(0), Budget::new(0, 100));
    let breaker = Breaker::new(2, Duration::from_secs(10));
    let result = retry(&THREE, &budget, || load(&breaker, &calls)).await;
    assert_eq!(
        result.map_err(|gave_up| gave_up.error),
        Err(Some("the server is down"))
    );
    assert_eq!(calls.get(), 2);
}

// ANCHOR: status
#[derive(Debug, PartialEq)]
enum Status {
    Unavailable,
    NotFound,
}
// ANCHOR_END: status

// ANCHOR: backon
async fn by_backon(answer: impl AsyncFn() -> Result<u32, Status>) -> Result<u32, Status> {
    let delays = ExponentialBuilder::default()
        .with_jitter()
        .with_max_times(4);
    let load = || async { answer().await };
    let passes = |status: &Status| *status == Status::Unavailable;
    load.retry(delays).when(passes).await // `when`: what may be repeated
}
// ANCHOR_END: backon

#[tokio::test(start_paused = true)]
async fn backon_repeats_what_passes() {
    let _limit = testing::watchdog::limit();
    let calls = Cell::new(0);
    let answer = async |fails: u32, status| {
        calls.set(calls.get() + 1);
        if calls.get() <= fails {
            Err(status)
        } else {
            Ok(calls.get())
        }
    };
    assert_eq!(
        by_backon(async || answer(2, Status::Unavailable).await).await,
        Ok(3)
    );
    calls.set(0);
    let missing = by_backon(async || answer(9, Status::NotFound).await).await;
    assert_eq!((missing, calls.get()), (Err(Status::NotFound), 1));
}

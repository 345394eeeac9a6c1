//! 10,000 clients and a server that fails for five seconds, in virtual time.

use async_retry::{Budget, GaveUp, Policy, Why, http_failure, retry};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

const CLIENTS: u32 = 10_000;
const OUTAGE: Duration = Duration::from_secs(5);
const SAVED: u32 = 200;
const POLICY: Policy = Policy {
    attempts: 8,
    base: Duration::from_millis(100),
    cap: Duration::from_secs(10),
    total: Duration::from_secs(30),
};

/// One call that arrived at the server.
#[derive(Clone, Copy)]
struct Call {
    at: Duration,
    client: u32,
}

#[derive(Clone)]
struct Server {
    start: Instant,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Server {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            calls: Arc::default(),
        }
    }

    /// The status of the response.
    async fn call(&self, client: u32) -> u16 {
        let at = self.start.elapsed();
        self.calls
            .lock()
            .expect("none panics")
            .push(Call { at, client });
        sleep(Duration::from_millis(5)).await;
        if at < OUTAGE { 503 } else { 200 }
    }

    fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("none panics").clone()
    }
}

fn method(client: u32) -> &'static str {
    if client.is_multiple_of(5) {
        "POST"
    } else {
        "GET"
    }
}

async fn request(
    server: &Server,
    budget: &Budget,
    client: u32,
    retry_after: Option<&str>,
) -> Result<(), GaveUp<u16>> {
    let call = || async {
        match server.call(client).await {
            200 => Ok(()),
            status => Err(http_failure(method(client), status, retry_after, status)),
        }
    };
    retry(&POLICY, budget, call).await
}

/// Starts all clients, `gap` after one another. Returns the calls and the results, by client.
async fn crowd(
    budget: Budget,
    gap: Duration,
    retry_after: Option<&'static str>,
) -> (Vec<Call>, Vec<Result<(), GaveUp<u16>>>) {
    fastrand::seed(7);
    let (server, budget) = (Server::new(), Arc::new(budget));
    let mut tasks = JoinSet::new();
    for client in 0..CLIENTS {
        let (server, budget) = (server.clone(), Arc::clone(&budget));
        tasks.spawn(async move {
            sleep(gap * client).await;
            (client, request(&server, &budget, client, retry_after).await)
        });
    }
    let mut results = tasks.join_all().await;
    results.sort_unstable_by_key(|(client, _)| *client);
    (
        server.calls(),
        results.into_iter().map(|(_, result)| result).collect(),
    )
}

/// Splits the calls into first ones and retries.
fn split(calls: &[Call]) -> (Vec<Call>, Vec<Call>) {
    let mut seen = vec![false; CLIENTS as usize];
    calls
        .iter()
        .partition(|call| !std::mem::replace(&mut seen[call.client as usize], true))
}

/// The most calls within one millisecond.
fn wave(calls: &[Call]) -> usize {
    let same = calls.chunk_by(|a, b| a.at.as_millis() == b.at.as_millis());
    same.map(<[Call]>::len).max().unwrap_or(0)
}

fn assert_no_post_is_repeated(retries: &[Call]) {
    assert!(retries.iter().all(|call| method(call.client) != "POST"));
}

#[tokio::test(start_paused = true)]
async fn without_jitter_they_return_at_one_instant() {
    let _limit = testing::watchdog::limit();
    let server = Server::new();
    let mut tasks = JoinSet::new();
    for client in 0..100 {
        let server = server.clone();
        tasks.spawn(async move {
            for attempt in 0..8 {
                if server.call(client).await == 200 {
                    break;
                }
                sleep(POLICY.base * 2_u32.pow(attempt)).await; // wrong: the same for all
            }
        });
    }
    tasks.join_all().await;
    let (_, retries) = split(&server.calls());
    let instants: std::collections::BTreeSet<_> = retries.iter().map(|call| call.at).collect();
    assert_eq!(
        (retries.len(), instants.len(), wave(&retries)),
        (600, 6, 100)
    );
}

#[tokio::test(start_paused = true)]
async fn with_jitter_there_is_no_wave() {
    let _limit = testing::watchdog::limit();
    let unlimited = Budget::new(100, 1_000_000);
    let (calls, _) = crowd(unlimited, Duration::ZERO, None).await;
    let (first, retries) = split(&calls);
    assert_eq!((first.len(), wave(&first)), (10_000, 10_000)); // they began together
    assert!(retries.len() > 40_000, "{}", retries.len());
    assert!(
        wave(&retries) < 200,
        "{} of 8,000 in one millisecond",
        wave(&retries)
    );
    assert_no_post_is_repeated(&retries);
}

#[tokio::test(start_paused = true)]
async fn all_at_the_same_moment_cause_no_more_than_the_saved_retries() {
    let _limit = testing::watchdog::limit();
    let (calls, results) = crowd(Budget::new(10, SAVED), Duration::ZERO, None).await;
    let (first, retries) = split(&calls);
    assert_eq!((first.len(), retries.len()), (10_000, SAVED as usize));
    assert!(wave(&retries) < 20, "{}", wave(&retries));
    assert_no_post_is_repeated(&retries);
    let why = |why| {
        results
            .iter()
            .filter(move |result| matches!(result, Err(gave_up) if gave_up.why == why))
    };
    assert_eq!(why(Why::NotRepeatable).count(), 2000, "the POSTs");
    assert!(why(Why::Budget).count() > 7000);
}

#[tokio::test(start_paused = true)]
async fn at_every_moment_the_extra_load_is_within_the_budget() {
    let _limit = testing::watchdog::limit();
    let gap = Duration::from_millis(1);
    let (calls, results) = crowd(Budget::new(10, SAVED), gap, None).await;
    let (first, retries) = split(&calls);
    for (count, retry) in (1..).zip(&retries) {
        let deposited = first.iter().filter(|call| call.at <= retry.at).count();
        assert!(
            count <= SAVED as usize + deposited / 10,
            "at {:?}",
            retry.at
        );
    }
    assert!(retries.len() > 500, "the budget is used: {}", retries.len());
    assert!(wave(&retries) <= 10, "{}", wave(&retries));
    assert_no_post_is_repeated(&retries);
    // The server is back after five seconds, and so is every client that calls it then.
    assert!(results[5000..].iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn all_that_are_told_the_same_moment_return_after_it_and_not_together() {
    let _limit = testing::watchdog::limit();
    let unlimited = Budget::new(100, 1_000_000);
    let (calls, results) = crowd(unlimited, Duration::ZERO, Some("6")).await;
    let (_, retries) = split(&calls);
    assert_eq!(retries.len(), 8000);
    assert!(retries.iter().all(|call| call.at >= Duration::from_secs(6)));
    assert!(wave(&retries) < 200, "{}", wave(&retries));
    let succeeded = |client: &u32| results[*client as usize].is_ok();
    assert_eq!((0..CLIENTS).filter(succeeded).count(), 8000);
    assert_no_post_is_repeated(&retries);
}

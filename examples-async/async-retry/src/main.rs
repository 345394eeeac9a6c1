//! Retries against a real server, then 10,000 clients and a server that fails for five seconds.

use async_retry::{Breaker, Budget, Failure, GaveUp, Policy, http_failure, retry};
use demo_site::Site;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::Instant;
use virtual_time::{run, sleep};

const POLICY: Policy = Policy {
    attempts: 8,
    base: Duration::from_millis(100),
    cap: Duration::from_secs(10),
    total: Duration::from_secs(30),
};
const CLIENTS: u32 = 10_000;
const OUTAGE: Duration = Duration::from_secs(5);

fn main() -> io::Result<()> {
    demo::no_arguments();
    fastrand::seed(7); // so that the random delays are the same in each run
    let mut out = io::stdout().lock();
    let runtime = Builder::new_current_thread().enable_all().build()?;

    writeln!(out, "A server answers 503 twice, and then with a page.")?;
    let site = Site::start()?;
    for (method, path) in [
        ("GET", "/fault/flaky?key=get"),
        ("POST", "/fault/flaky?key=post"),
        ("GET", "/fault/flaky?key=later&retry-after=1"),
    ] {
        site.reset();
        let start = Instant::now();
        let result = runtime.block_on(request(&site, method, path));
        let calls = site.counts().requests;
        let name = if path.contains("after") {
            "GET, Retry-After: 1"
        } else {
            method
        };
        let result = result.map_or_else(|error| error.to_string(), |status| status.to_string());
        writeln!(out, "  {name:<19}  calls: {calls}, {result}")?;
        if path.contains("after") {
            let kept = start.elapsed() >= Duration::from_secs(2);
            let kept = if kept { "each retry" } else { "not each retry" };
            writeln!(
                out,
                "  {:<19}  {kept} waited for the second that it asks for",
                ""
            )?;
        }
    }

    writeln!(
        out,
        "10,000 clients call at the same moment, and the server fails for 5 seconds."
    )?;
    writeln!(
        out,
        "  delays                calls  most retries in 1 ms  successes"
    )?;
    let rows = [
        ("without jitter", run(clients(fixed_delays))?),
        ("jitter", run(clients(with_jitter))?),
        ("jitter and a budget", run(clients(with_a_budget))?),
    ];
    for (name, ((calls, most, successes), _)) in rows {
        writeln!(out, "  {name:<20} {calls:>6}  {most:>20}  {successes:>9}")?;
    }

    writeln!(
        out,
        "A client calls a dead server every 100 ms for a minute."
    )?;
    let (calls, _) = run(through_a_breaker())?;
    writeln!(out, "  a breaker lets {calls} of 600 calls through")
}

/// One HTTP request, with retries.
async fn request(site: &Site, method: &str, path: &str) -> Result<u16, GaveUp<String>> {
    let budget = Budget::new(10, 100);
    let call = || async {
        let response = exchange(site, method, path).await;
        let (status, after) = response.map_err(|error| Failure::Never(error.to_string()))?;
        if status < 400 {
            return Ok(status);
        }
        let error = format!("status {status}");
        Err(http_failure(method, status, after.as_deref(), error))
    };
    retry(&POLICY, &budget, call).await
}

/// The status of the response, and its Retry-After field.
async fn exchange(site: &Site, method: &str, path: &str) -> io::Result<(u16, Option<String>)> {
    let mut connection = TcpStream::connect(site.address()).await?;
    let request = format!("{method} {path} HTTP/1.0\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    connection.read_to_end(&mut response).await?;
    let response = String::from_utf8_lossy(&response);
    let status = response
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let after = response
        .lines()
        .find_map(|line| line.strip_prefix("Retry-After: "));
    let status = status.ok_or(io::ErrorKind::InvalidData)?;
    Ok((status, after.map(str::to_owned)))
}

/// A server that exists only in virtual time, and the moments of its calls in milliseconds.
#[derive(Clone)]
struct Server {
    start: Instant,
    calls: Arc<Mutex<Vec<u128>>>,
}

impl Server {
    async fn call(&self) -> Result<(), Failure<&'static str>> {
        let now = self.start.elapsed();
        let calls = &self.calls;
        let lock = || calls.lock().unwrap_or_else(PoisonError::into_inner);
        lock().push(now.as_millis());
        sleep(Duration::from_millis(5)).await;
        if now < OUTAGE {
            Err(Failure::Backoff("down"))
        } else {
            Ok(())
        }
    }
}

/// Runs all clients. Returns the calls, the most retries in one millisecond, and the successes.
async fn clients<F>(client: fn(Server, Arc<Budget>) -> F) -> (usize, usize, usize)
where
    F: Future<Output = bool> + Send + 'static,
{
    let server = Server {
        start: Instant::now(),
        calls: Arc::default(),
    };
    let budget = Arc::new(Budget::new(10, 500)); // shared: at most 500 retries saved up
    let mut tasks = JoinSet::new();
    for _ in 0..CLIENTS {
        tasks.spawn(client(server.clone(), Arc::clone(&budget)));
    }
    let results = tasks.join_all().await;
    let successes = results.into_iter().filter(|success| *success).count();
    let calls = server.calls.lock().unwrap_or_else(PoisonError::into_inner);
    let by_moment = calls.chunk_by(|a, b| a == b).filter(|chunk| chunk[0] > 0);
    let most = by_moment.map(<[u128]>::len).max();
    (calls.len(), most.unwrap_or(0), successes)
}

/// Wrong: doubles the delay, and is the same for all.
async fn fixed_delays(server: Server, _: Arc<Budget>) -> bool {
    for attempt in 0..POLICY.attempts {
        if server.call().await.is_ok() {
            return true;
        }
        sleep(POLICY.base * 2_u32.pow(attempt)).await;
    }
    false
}

async fn with_jitter(server: Server, _: Arc<Budget>) -> bool {
    let no_limit = Budget::new(0, POLICY.attempts);
    retry(&POLICY, &no_limit, || server.call()).await.is_ok()
}

async fn with_a_budget(server: Server, budget: Arc<Budget>) -> bool {
    retry(&POLICY, &budget, || server.call()).await.is_ok()
}

/// Opens after 5 failures, and tries again every 10 seconds.
async fn through_a_breaker() -> u32 {
    let breaker = Breaker::new(5, Duration::from_secs(10));
    let mut calls = 0;
    for _ in 0..600 {
        let call = || {
            calls += 1;
            std::future::ready(Err::<(), _>("down"))
        };
        let _ = breaker.call(call).await;
        sleep(Duration::from_millis(100)).await;
    }
    calls
}

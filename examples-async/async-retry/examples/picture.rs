//! Draws the picture of the page from a run in virtual time: when 1,000 clients call a server that
//! fails for two seconds. `cargo run -p async-retry --example async-retry-picture > …svg`

use async_retry::{Budget, Failure, Policy, retry};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use virtual_time::{run, sleep};

const CLIENTS: usize = 1000;
const OUTAGE: Duration = Duration::from_secs(2);
const SLOT: Duration = Duration::from_millis(40);
const SLOTS: usize = 84;
const POLICY: Policy = Policy {
    attempts: 9,
    base: Duration::from_millis(100),
    cap: Duration::from_secs(10),
    total: Duration::from_secs(60),
};

type Calls = Arc<Mutex<Vec<usize>>>;

async fn call(start: Instant, calls: &Mutex<Vec<usize>>) -> Result<(), Failure<()>> {
    let now = start.elapsed();
    let slot = usize::try_from(now.as_millis() / SLOT.as_millis()).unwrap_or(SLOTS);
    let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(count) = calls.get_mut(slot) {
        *count += 1;
    }
    if now < OUTAGE {
        Err(Failure::Backoff(()))
    } else {
        Ok(())
    }
}

async fn fixed(start: Instant, calls: Calls) {
    let mut delay = POLICY.base;
    while call(start, &calls).await.is_err() {
        sleep(delay).await;
        delay *= 2;
    }
}

async fn random(start: Instant, calls: Calls) {
    let budget = Budget::new(0, POLICY.attempts);
    let _ = retry(&POLICY, &budget, || call(start, &calls)).await;
}

/// How many calls there were in each slot of time.
async fn crowd<F>(client: fn(Instant, Calls) -> F) -> Vec<usize>
where
    F: Future<Output = ()> + Send + 'static,
{
    fastrand::seed(7);
    let (start, calls) = (Instant::now(), Arc::new(Mutex::new(vec![0; SLOTS])));
    let mut tasks = JoinSet::new();
    for _ in 0..CLIENTS {
        tasks.spawn(client(start, Arc::clone(&calls)));
    }
    tasks.join_all().await;
    let calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
    calls.clone()
}

const HEAD: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 276" width="620" height="276" role="img" aria-labelledby="title desc">
  <title id="title">Calls of 1,000 clients to a server that fails for two seconds</title>
  <desc id="desc">Two rows over three seconds. Without jitter, all 1,000 clients call at the same six moments, with nothing in between. With jitter the calls are spread, and fewer and fewer per moment.</desc>
  <style>
    .card { fill: #ffffff; stroke: #d0d7de; }
    text { font: 14px system-ui, sans-serif; fill: #1f2328; }
    .small { font-size: 12px; fill: #59636e; }
    .line { stroke: #8c959f; }
    .outage { fill: #ffebe9; }
    .call { fill: #0969da; }
    @media (prefers-color-scheme: dark) {
      .card { fill: #161b22; stroke: #3d444d; }
      text { fill: #e6edf3; }
      .small { fill: #9198a1; }
      .line { stroke: #656c76; }
      .outage { fill: #4a1d1f; }
      .call { fill: #4493f8; }
    }
  </style>
  <rect class="card" x="0.5" y="0.5" width="619" height="275" rx="8"/>
"##;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(HEAD.as_bytes())?;
    let rows = [
        ("without jitter", 30, run(crowd(fixed))?.0),
        ("with jitter", 146, run(crowd(random))?.0),
    ];
    let counts = rows.iter().flat_map(|(_, _, calls)| calls);
    let most = counts.max().map_or(1, |most| *most);
    for (name, top, calls) in &rows {
        let bottom = top + 90;
        let outage = OUTAGE.as_millis() / SLOT.as_millis() * 7;
        writeln!(
            out,
            r#"  <rect class="outage" x="16" y="{top}" width="{outage}" height="90"/>"#
        )?;
        writeln!(out, r#"  <text x="16" y="{}">{name}</text>"#, top - 8)?;
        for (slot, count) in calls.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (x, height) = (16 + 7 * slot, (count * 90).div_ceil(most));
            let y = bottom - height;
            writeln!(
                out,
                r#"  <rect class="call" x="{x}" y="{y}" width="6" height="{height}"/>"#
            )?;
        }
        writeln!(out, r#"  <path class="line" d="M16 {bottom}H604"/>"#)?;
    }
    writeln!(
        out,
        r#"  <text class="small" x="16" y="256">red: the server fails, for 2 seconds</text>
  <text class="small" x="604" y="256" text-anchor="end">a bar of the first row: 1,000 calls</text>
</svg>"#
    )
}

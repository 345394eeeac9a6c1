// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Requests whose reader is slow, wrong and right. `src/main.rs`, the tests and the picture run it.

use async_stream::fetch_stream;
use futures_util::{Stream, StreamExt, stream};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

// ANCHOR: yours
const STEP: Duration = Duration::from_millis(100);
/// A request that takes longer has failed.
const LIMIT: Duration = Duration::from_millis(500);
/// A request that has ended.
pub(crate) struct Done {
    pub(crate) number: usize,
    pub(crate) ok: bool,
    pub(crate) started: Instant,
    pub(crate) ended: Instant,
}

/// A request takes 1 to 4 steps, such as: connect, send, wait, read.
pub(crate) async fn get(number: usize) -> Done {
    let steps = async {
        for _ in 0..=number % 4 {
            sleep(STEP).await;
        }
    };
    let started = Instant::now();
    let ok = timeout(LIMIT, steps).await.is_ok();
    Done {
        number,
        ok,
        started,
        ended: Instant::now(),
    }
}

/// A request, and when the loop body began that got its result.
pub(crate) type Read = (Done, Instant);

// ANCHOR_END: yours

// ANCHOR: slowly
const BODY: Duration = Duration::from_secs(1); // the work of the loop body, such as storing it

async fn slowly(mut results: impl Stream<Item = Done> + Unpin) -> Vec<Read> {
    let mut all = Vec::new();
    while let Some(done) = results.next().await {
        all.push((done, Instant::now()));
        sleep(BODY).await;
    }
    all
}

// ANCHOR_END: slowly

// ANCHOR: paused
/// Wrong: the futures are polled only inside of `next`. While the loop body runs, none of them is.
pub(crate) async fn paused() -> Vec<Read> {
    slowly(stream::iter(0..8).map(get).buffer_unordered(4)).await
}
// ANCHOR_END: paused

// ANCHOR: running
/// Right: each request is a task, which the runtime polls.
pub(crate) async fn running() -> Vec<Read> {
    slowly(fetch_stream(0..8, 4, get)).await
}
// ANCHOR_END: running

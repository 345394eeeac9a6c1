// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Three jobs, one every period: beside the same in Python and JavaScript.

use async_interval::every;
use std::time::Duration;
use tokio::time::MissedTickBehavior::Delay;
use tokio_util::sync::CancellationToken;

// ANCHOR: construct
async fn three_jobs() {
    let token = CancellationToken::new();
    let mut count = 0;
    let job = |_due| {
        count += 1;
        println!("job {count}");
        if count == 3 {
            token.cancel();
        }
        async {}
    };
    let period = Duration::from_millis(20);
    every(period, Delay, token.clone(), job).await;
}
// ANCHOR_END: construct

#[tokio::main(flavor = "current_thread")]
async fn main() {
    three_jobs().await;
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up refusing a step that begins late, and limits too large for the clock, which panic.
use std::time::Duration;
use tokio::time::{Instant, error::Elapsed, sleep, timeout_at};

async fn load(deadline: Instant) -> Result<(), Elapsed> {
    for (step, seconds) in [("connect", 0), ("read", 3600)] {
        // `timeout_at` takes a point in time, so the steps share it.
        timeout_at(deadline, sleep(Duration::from_secs(seconds))).await?;
        println!("{step}: done");
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let deadline = Instant::now() + Duration::from_millis(100);
    if let Err(error) = load(deadline).await {
        println!("{error}");
    }
}

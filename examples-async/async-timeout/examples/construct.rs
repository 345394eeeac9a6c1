// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Two steps share a deadline: beside the same in Python and JavaScript.

use async_timeout::Deadline;
use std::time::Duration;
use tokio::time::{error::Elapsed, sleep};

// ANCHOR: yours
async fn connect() {
    println!("connected");
}

async fn read() {
    sleep(Duration::from_secs(60)).await;
    println!("read");
}
// ANCHOR_END: yours

// ANCHOR: construct
async fn load(deadline: Deadline) -> Result<(), Elapsed> {
    deadline.run(connect()).await?;
    deadline.run(read()).await
}

async fn with_limit() {
    let limit = Duration::from_millis(500);
    if load(Deadline::after(limit)).await.is_err() {
        println!("too late");
    }
}
// ANCHOR_END: construct

#[tokio::main(flavor = "current_thread")]
async fn main() {
    with_limit().await;
}

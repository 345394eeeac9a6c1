// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! One job in, one job out.

use process_queue::{Error, Job, Limits, Queue, Verdict};
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    // ANCHOR: construct
    let url = std::env::args().nth(1).unwrap_or_default();
    let limits = Limits::default();
    let queue = Queue::connect(&url, "mails", limits).await?;
    queue.push("17", "Dear Ada").await?;
    let soon = tokio::time::sleep(Duration::from_secs(1));
    let send = async |job: Job| {
        let text = String::from_utf8_lossy(&job.bytes);
        println!("{} {text}", job.id);
        Verdict::Done
    };
    queue.work(1, soon, send).await?;
    println!("{:?}", queue.counts().await?);
    // ANCHOR_END: construct
    Ok(())
}

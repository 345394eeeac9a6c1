// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up limits, jobs that always fail, and a server that starts again: one job at a time.

use async_nats::jetstream::{self, consumer::pull, stream};
use futures_util::StreamExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), async_nats::Error> {
    let url = std::env::var("NATS_URL").unwrap_or("nats://127.0.0.1:4222".into());
    let nats = jetstream::new(async_nats::connect(url).await?);
    let queue = stream::Config {
        name: "letters".into(),
        retention: stream::RetentionPolicy::WorkQueue, // an acknowledged job is removed
        ..Default::default()
    };
    let queue = nats.create_stream(queue).await?;
    nats.publish("letters", "Dear Ada, …".into()).await?.await?; // stored when this returns
    let workers = pull::Config {
        durable_name: Some("workers".into()),
        ..Default::default()
    };
    let workers = queue.create_consumer(workers).await?;
    let mut jobs = workers.batch().max_messages(1).messages().await?;
    while let Some(job) = jobs.next().await.transpose()? {
        println!("{}", String::from_utf8_lossy(&job.payload)); // the work
        job.double_ack().await?; // without it the job is delivered again
    }
    Ok(())
}

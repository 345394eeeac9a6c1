// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up bounded memory: all 20 tasks exist from the start, and 16 of them wait for a permit.
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let limit = Arc::new(Semaphore::new(4));
    let mut tasks = JoinSet::new();
    for page in 0..20 {
        let limit = Arc::clone(&limit);
        tasks.spawn(async move {
            // Inside the task, and kept until its end. `close` is never called, so it cannot fail.
            let _permit = limit
                .acquire()
                .await
                .expect("the semaphore is never closed");
            yield_now().await; // the request
            page
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!(
            "page {}",
            page.expect("a task here neither panics nor is aborted")
        );
    }
}

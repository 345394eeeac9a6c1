// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A task is cancelled and cleans up with an await: beside the same in Python and JavaScript.

use std::future::pending;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

// ANCHOR: yours
async fn work() {
    println!("working");
    pending::<()>().await;
}

async fn clean_up() {
    yield_now().await; // says goodbye to a server
    println!("cleaned up");
}
// ANCHOR_END: yours

// ANCHOR: construct
async fn job(token: CancellationToken) {
    let work = token.run_until_cancelled(work());
    if work.await.is_none() {
        println!("cancelled");
    }
    clean_up().await;
}

async fn cancel_it() {
    let token = CancellationToken::new();
    let task = tokio::spawn(job(token.clone()));
    yield_now().await;
    token.cancel();
    task.await.expect("it does not panic");
}
// ANCHOR_END: construct

#[tokio::main(flavor = "current_thread")]
async fn main() {
    cancel_it().await;
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up signals, the grace, and tasks that spawn others: it stops by itself and waits forever.
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let token = CancellationToken::new();
    let mut tasks = JoinSet::new();
    for request in 1..=3 {
        let token = token.clone();
        tasks.spawn(async move {
            token.cancelled().await; // tell: every task has a clone of the token
            println!("request {request} is answered");
        });
    }
    sleep(Duration::from_millis(10)).await; // until the signal
    println!("stopping");
    token.cancel();
    while tasks.join_next().await.is_some() {} // wait: for the end of each task
    println!("clean");
}

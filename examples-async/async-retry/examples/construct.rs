// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A request that fails twice: beside the same in Python and JavaScript.

use async_retry::{Budget, Failure, Policy, retry};
use std::time::Duration;

// ANCHOR: yours
static BUDGET: Budget = Budget::new(10, 100);

async fn load(calls: u32) -> Result<&'static str, &'static str> {
    if calls < 3 { Err("busy") } else { Ok("a page") }
}
// ANCHOR_END: yours

// ANCHOR: construct
async fn load_patiently() {
    let mut calls = 0;
    let policy = Policy {
        base: Duration::from_millis(10),
        ..Policy::default()
    };
    let page = retry(&policy, &BUDGET, || {
        calls += 1;
        async move {
            let page = load(calls).await;
            page.map_err(Failure::Backoff)
        }
    });
    println!("{}", page.await.expect("5 calls"));
    println!("calls: {calls}");
}
// ANCHOR_END: construct

#[tokio::main(flavor = "current_thread")]
async fn main() {
    load_patiently().await;
}

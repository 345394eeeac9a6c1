// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Three requests at a time. Gives up running on: all of them pause while the loop body is busy.

use futures_util::{StreamExt, stream};
use tokio::task::yield_now;

async fn load(page: u32) -> String {
    yield_now().await; // the request
    format!("page {page}")
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let mut pages = stream::iter(1..=9)
        .map(load) // futures: nothing has started yet
        .buffered(3); // polls three of them at a time; results in input order
    while let Some(page) = pages.next().await {
        println!("{page}"); // quick, so nothing waits for it
    }
}

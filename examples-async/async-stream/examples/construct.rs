// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A list that comes in pages: beside the same in Python and JavaScript.

use async_stream::pages;
use futures_util::StreamExt;
use std::convert::Infallible;
use std::pin::pin;

// ANCHOR: construct
async fn load(page: u32) -> Result<(Vec<u32>, Option<u32>), Infallible> {
    tokio::task::yield_now().await; // the request
    Ok((vec![page, page + 1], Some(page + 2)))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut items = pin!(pages(1, load));
    while let Some(Ok(item)) = items.next().await {
        println!("{item}");
        if item == 3 {
            break; // the third page is never loaded
        }
    }
}
// ANCHOR_END: construct

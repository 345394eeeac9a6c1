// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! One task fails, and the others are cancelled: beside the same in Python and JavaScript.

use async_tasks::try_all;
use tokio::task::yield_now;

// ANCHOR: yours
async fn load(page: u32) -> Result<u32, String> {
    yield_now().await; // the request
    if page == 2 {
        return Err(format!("page {page} is missing"));
    }
    Ok(page)
}
// ANCHOR_END: yours

// ANCHOR: construct
#[tokio::main(flavor = "current_thread")]
async fn main() {
    for last in [2, 3] {
        match try_all(4, (0..last).map(load)).await {
            Ok(pages) => println!("{pages:?}"),
            Err(e) => println!("{}", e.cause),
        }
    }
}
// ANCHOR_END: construct

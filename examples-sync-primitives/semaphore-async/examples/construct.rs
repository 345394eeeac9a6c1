// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A limit for the requests of one program, beside the same in Python and JavaScript.
use futures_util::future::join_all;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::sleep;

// ANCHOR: construct
async fn fetch(limit: &Semaphore, page: u32) -> u32 {
    let _permit = limit.acquire().await.expect("open");
    sleep(Duration::from_millis(10)).await;
    page // the end of the function releases the permit
}

async fn fetch_all(pages: &[u32]) -> Vec<u32> {
    let limit = Semaphore::new(4);
    let fetch = |page: &u32| fetch(&limit, *page);
    join_all(pages.iter().map(fetch)).await
}
// ANCHOR_END: construct

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    println!("{:?}", fetch_all(&[1, 2, 3, 4, 5, 6]).await);
}

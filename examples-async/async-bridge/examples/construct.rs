// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Threads call an async function of another thread: beside the same in Python.

use async_bridge::BlockingClient;
use std::{io, thread};

// ANCHOR: yours
async fn load(page: u32) -> String {
    tokio::task::yield_now().await; // the request
    format!("page {page}")
}
// ANCHOR_END: yours

// ANCHOR: construct
fn main() -> io::Result<()> {
    let client = BlockingClient::new(load)?;
    let call = || match client.get(7) {
        Ok(page) => println!("{page}"),
        Err(error) => println!("{error}"),
    };
    thread::scope(|scope| {
        scope.spawn(call);
        scope.spawn(call);
    });
    Ok(()) // ends the thread of the client
}
// ANCHOR_END: construct

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A blocking call on another thread, beside a task that goes on: as in Python and JavaScript.

use async_blocking::{Blocking, Failed};
use std::thread;
use std::time::Duration;

// ANCHOR: yours
fn blocking_call() -> &'static str {
    thread::sleep(Duration::from_millis(50));
    "the call has returned"
}
// ANCHOR_END: yours

// ANCHOR: construct
async fn heartbeat() {
    println!("a task runs meanwhile");
}

async fn both() -> Result<(), Failed> {
    let blocking = Blocking::new(8);
    let call = blocking.io(blocking_call);
    let (result, ()) = tokio::join!(call, heartbeat());
    println!("{}", result?);
    Ok(())
}
// ANCHOR_END: construct

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    both().await
}

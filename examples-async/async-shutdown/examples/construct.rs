// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Stops at SIGTERM and finishes its request: beside the same in Python and JavaScript.

use async_shutdown::{Shutdown, stop_signal};
use std::io;
use std::time::Duration;
use tokio::time::sleep;

// ANCHOR: yours
async fn request() {
    sleep(Duration::from_millis(20)).await;
    println!("answered");
}

// ANCHOR_END: yours

#[cfg(unix)]
fn send_sigterm() {
    use rustix::process::{Signal, getpid, kill_process};
    kill_process(getpid(), Signal::TERM).expect("it is this process");
}

#[cfg(not(unix))]
fn send_sigterm() {
    println!("press Ctrl-C");
}

// ANCHOR: construct
async fn serve() -> io::Result<()> {
    let signal = stop_signal()?;
    let grace = Duration::from_secs(10);
    let shutdown = Shutdown::new(grace);
    shutdown.spawn(request());
    let outcome = shutdown.wait(signal).await;
    println!("{outcome:?}");
    Ok(())
}
// ANCHOR_END: construct

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let signal = async { send_sigterm() }; // as `docker stop` does; `serve` is polled first
    tokio::join!(serve(), signal).0
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The short version of the migration gives up all but the five calls that most programs use. Above
//! each line is the line that replaces it with smol.

use std::time::Duration;

// use smol::{Timer, net::TcpListener};
use async_std::{net::TcpListener, task};

pub(crate) fn main() {
    // smol::block_on(async {
    task::block_on(async {
        // let sum = smol::spawn(async { 1 + 1 }).await;
        let sum = task::spawn(async { 1 + 1 }).await;
        println!("a task was awaited: {sum}");

        // smol::spawn(async { println!("a task goes on without its handle") }).detach();
        task::spawn(async { println!("a task goes on without its handle") });

        // Timer::after(Duration::from_millis(100)).await;
        task::sleep(Duration::from_millis(100)).await;

        // let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = TcpListener::bind("127.0.0.1:0").await;
        println!("a socket is bound: {}", listener.is_ok());
    });
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up CPU-bound work: it would start more computations than there are cores.

use std::sync::Arc;
use std::{fs, io};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let permits = Arc::new(Semaphore::new(4));
    let mut calls: JoinSet<Result<io::Result<String>, _>> = JoinSet::new();
    for _ in 0..20 {
        let permits = Arc::clone(&permits);
        calls.spawn(async move {
            let permit = permits.acquire_owned().await; // waits here, not on a thread
            let call = spawn_blocking(move || {
                let _permit = permit; // released when the call has ended
                fs::read_to_string("no such file")
            });
            call.await // an error if the closure panicked
        });
    }
    let results = calls.join_all().await;
    let errors = results.iter().flatten().filter(|read| read.is_err());
    println!("calls: {}, not found: {}", results.len(), errors.count());
}

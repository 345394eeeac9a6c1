// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Two futures race. The one that loses is awaited afterwards, because it is pinned.

use std::pin::pin;
use tokio::sync::Notify;

// ANCHOR: yours
async fn slow(go: &Notify) -> &'static str {
    go.notified().await;
    "slow"
}

async fn fast() -> &'static str {
    "fast"
}
// ANCHOR_END: yours

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // ANCHOR: construct
    let go = Notify::new();
    let mut running = pin!(slow(&go));
    let first = tokio::select! {
        name = &mut running => name,
        name = fast() => name,
    };
    println!("first: {first}");
    go.notify_one();
    println!("then: {}", running.await);
    // ANCHOR_END: construct
}

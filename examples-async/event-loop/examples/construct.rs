// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Two tasks on one event loop, beside the same in Python and JavaScript.
use event_loop::{EventLoop, block_on, join_all};
use std::time::Duration;

// ANCHOR: construct
async fn greet(event_loop: EventLoop, name: &str) {
    println!("hello {name}");
    event_loop.sleep(Duration::from_millis(20)).await;
    println!("goodbye {name}");
}

pub(crate) fn main() {
    block_on(async |event_loop| {
        let tasks = ["A", "B"].map(|name| {
            let task = greet(event_loop.clone(), name);
            event_loop.spawn(task)
        });
        join_all(tasks).await;
    });
}
// ANCHOR_END: construct

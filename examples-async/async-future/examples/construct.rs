// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A future is driven by hand with `poll`, as the twin drives a coroutine with `send(None)`.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

// ANCHOR: yours
/// Is pending once.
async fn pending_once() {
    let mut polled = false;
    poll_fn(|_| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        Poll::Pending // without a waker: the loop below polls again anyway
    })
    .await;
}
// ANCHOR_END: yours

fn main() {
    // ANCHOR: construct
    let mut future = pin!(async {
        println!("first line");
        pending_once().await;
        1 + 2
    });
    println!("called"); // nothing has run yet
    let waker = Waker::noop();
    let mut context = Context::from_waker(waker);
    let sum = loop {
        match future.as_mut().poll(&mut context) {
            Poll::Pending => println!("pending"),
            Poll::Ready(sum) => break sum,
        }
    };
    println!("ready: {sum}");
    // ANCHOR_END: construct
}

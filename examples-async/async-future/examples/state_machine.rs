// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! An async function, and by hand the state machine that the compiler makes of it.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

// ANCHOR: async_fn
async fn add(a: Ready<u32>, b: Ready<u32>) -> u32 {
    let first = a.await;
    let second = b.await;
    first + second
}
// ANCHOR_END: async_fn

// ANCHOR: by_hand
/// One variant per place where the function can wait, with the variables that live there.
enum Add {
    Start(Ready<u32>, Ready<u32>),
    AwaitA(Ready<u32>, Ready<u32>),
    AwaitB(u32, Ready<u32>),
    Done,
}

impl Future for Add {
    type Output = u32;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u32> {
        loop {
            match std::mem::replace(&mut *self, Add::Done) {
                Add::Start(a, b) => *self = Add::AwaitA(a, b),
                Add::AwaitA(mut a, b) => match Pin::new(&mut a).poll(context) {
                    Poll::Ready(first) => *self = Add::AwaitB(first, b),
                    Poll::Pending => {
                        *self = Add::AwaitA(a, b);
                        return Poll::Pending;
                    }
                },
                Add::AwaitB(first, mut b) => match Pin::new(&mut b).poll(context) {
                    Poll::Ready(second) => return Poll::Ready(first + second),
                    Poll::Pending => {
                        *self = Add::AwaitB(first, b);
                        return Poll::Pending;
                    }
                },
                Add::Done => unreachable!("polled after it was ready"),
            }
        }
    }
}
// ANCHOR_END: by_hand

fn main() {
    let mut context = Context::from_waker(Waker::noop());
    let mut by_compiler = Box::pin(add(ready(1), ready(2)));
    let mut by_hand = Add::Start(ready(1), ready(2));
    println!("{:?}", by_compiler.as_mut().poll(&mut context));
    println!("{:?}", Pin::new(&mut by_hand).poll(&mut context));
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up sleeping: it polls again and again, and so keeps one core busy.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Is ready at the third poll.
struct Countdown(u32);

impl Future for Countdown {
    type Output = &'static str;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<&'static str> {
        if self.0 == 0 {
            return Poll::Ready("go");
        }
        println!("{}", self.0);
        self.0 -= 1;
        context.waker().wake_by_ref(); // a pending future must ask for its next poll
        Poll::Pending
    }
}

fn main() {
    let future = async { println!("{}", Countdown(2).await) };
    let mut future = pin!(future); // it must not move between two polls
    let mut context = Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut context).is_pending() {}
}

//! The traps of the page.

use async_future::block_on;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use testing::watchdog;

// ANCHOR: no_waker
/// Wrong: answers `Pending` and forgets the waker, so nobody polls it again.
struct Forgets(bool);

impl Future for Forgets {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        Poll::Pending
    }
}
// ANCHOR_END: no_waker

// ANCHOR: waker
/// Right: the code that makes the future ready has the waker, and calls it.
struct Remembers(bool);

impl Future for Remembers {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        let waker = context.waker().clone();
        std::thread::spawn(move || waker.wake());
        Poll::Pending
    }
}
// ANCHOR_END: waker

#[test]
fn pending_without_a_stored_waker_hangs() {
    let test = "traps::pending_without_a_stored_waker_hangs";
    watchdog::assert_hangs(test, "polled", || {
        println!("polled");
        block_on(Forgets(false));
    });
}

#[test]
fn pending_with_a_stored_waker_ends() {
    watchdog::assert_ends(|| block_on(Remembers(false)));
}

#[test]
// ANCHOR: in_turn
fn two_awaits_run_one_after_the_other() {
    let mut first = pin!(poll_fn(|_| Poll::<()>::Pending));
    let started = Cell::new(false);
    let mut both = pin!(async {
        first.as_mut().await; // never ready
        async { started.set(true) }.await; // so this one is never polled
    });
    let mut context = Context::from_waker(Waker::noop());
    assert!(both.as_mut().poll(&mut context).is_pending());
    assert!(!started.get());
}
// ANCHOR_END: in_turn

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Polls two futures in turn until both are ready, by hand: what `join!` and `block_on` do.
//!
//! From the project "Many Things at Once", where `cargo run -p async-future` demonstrates it and
//! `docs/src/async/async-future.md` explains it.
//!
//! *Notice:* a future does nothing until it is polled. A future that answers `Pending` has stored a
//! waker, and calling that waker asks for the next poll.
//!
//! *Use instead:* `tokio::join!` and a runtime in a real program; `JoinSet` for many futures.
//!
//! # Use it
//! ```ignore
//! use async_future::{block_on, join};
//!
//! async fn double(number: u32) -> u32 {
//!     println!("doubling {number}");
//!     number * 2
//! }
//!
//! fn main() {
//!     let both = join(double(1), double(10)); // nothing is printed yet
//!     println!("two futures");
//!     let (small, large) = block_on(both);
//!     println!("{small} and {large}");
//! }
//! ```

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// Runs both futures at the same time, in one task. It is ready when both are.
pub fn join<A: Future, B: Future>(a: A, b: B) -> Join<A, B> {
    Join {
        a: Half::Running(Box::pin(a)),
        b: Half::Running(Box::pin(b)),
    }
}

/// The future that [`join`] returns. Dropping it drops both futures.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Join<A: Future, B: Future> {
    a: Half<A>,
    b: Half<B>,
}

/// One of the two futures, or its output once it is ready.
enum Half<F: Future> {
    /// The box pins the future: `Join` may move, the future in the box does not.
    Running(Pin<Box<F>>),
    Ready(F::Output),
    Taken,
}

/// The outputs are never pinned, so a `Join` can move whatever they are.
impl<A: Future, B: Future> Unpin for Join<A, B> {}

impl<A: Future, B: Future> Future for Join<A, B> {
    type Output = (A::Output, B::Output);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Both get the same waker: whichever of them calls it, both are polled again.
        let a = self.a.poll(context);
        let b = self.b.poll(context);
        if !(a && b) {
            return Poll::Pending;
        }
        Poll::Ready((self.a.take(), self.b.take()))
    }
}

impl<F: Future> Half<F> {
    /// Whether the future is ready. It is not polled again after that.
    fn poll(&mut self, context: &mut Context<'_>) -> bool {
        let Self::Running(future) = self else {
            return true;
        };
        let Poll::Ready(output) = future.as_mut().poll(context) else {
            return false;
        };
        *self = Self::Ready(output); // drops the future
        true
    }

    fn take(&mut self) -> F::Output {
        let output = match std::mem::replace(self, Self::Taken) {
            Self::Ready(output) => Some(output),
            _ => None,
        };
        output.expect("`Join` polled after completion")
    }
}

impl<A: Future, B: Future> fmt::Debug for Join<A, B> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Join").finish_non_exhaustive()
    }
}

/// Polls the future on this thread until it is ready. Between two polls the thread sleeps.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let sleeper = Arc::new(Sleeper::default());
    let waker = Waker::from(Arc::clone(&sleeper));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future); // from here on it does not move
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        sleeper.sleep();
    }
}

/// Wakes the thread in `block_on`. Not by `thread::park`: the future may park this thread, and
/// so use up the wake-up that is meant for `block_on`.
#[derive(Default)]
struct Sleeper {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Sleeper {
    /// Returns when the waker has been called since the last time, also if that was before.
    fn sleep(&self) {
        let mut woken = self.lock();
        while !*woken {
            let waited = self.changed.wait(woken);
            woken = waited.unwrap_or_else(PoisonError::into_inner);
        }
        *woken = false;
    }

    /// Nothing panics while the lock is held, so it is never poisoned.
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        *self.lock() = true;
        self.changed.notify_one();
    }
}

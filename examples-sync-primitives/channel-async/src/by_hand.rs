// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A oneshot channel with std alone: one value from one end to the other. It runs on any runtime.
//!
//! From the project "Many Things at Once", where `docs/src/locks/channel-async.md` explains it.
//!
//! *Notice:* either end may be dropped at any time, and the other one is told. The value is
//! delivered, given back or dropped, exactly once.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// The two ends of a channel for one value.
pub fn oneshot<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Mutex::new(State::Open(None)));
    let sender = Sender {
        shared: Arc::clone(&shared),
    };
    (sender, Receiver { shared })
}

/// The end that sends. Dropping it unused wakes the receiver with [`Closed`].
pub struct Sender<T> {
    shared: Arc<Mutex<State<T>>>,
}

/// The end that receives: a future of the value.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Receiver<T> {
    shared: Arc<Mutex<State<T>>>,
}

enum State<T> {
    /// Nothing was sent. The waker is there if the receiver waits.
    Open(Option<Waker>),
    /// Sent, and not received.
    Sent(T),
    /// Received, or one of the ends was dropped before that.
    Closed,
}

impl<T> Sender<T> {
    /// Sends the value. It never waits.
    ///
    /// # Errors
    /// If the receiver has been dropped. Here is the value again.
    pub fn send(self, value: T) -> Result<(), T> {
        let mut state = lock(&self.shared);
        let State::Open(waker) = &mut *state else {
            return Err(value); // `self` is dropped here, after the lock
        };
        let waker = waker.take();
        *state = State::Sent(value);
        drop(state); // a waker is code of others, which may poll the receiver
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// Whether the receiver has been dropped, so that nobody wants the value any more.
    pub fn is_closed(&self) -> bool {
        matches!(*lock(&self.shared), State::Closed)
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.shared);
        let State::Open(waker) = &mut *state else {
            return; // sent, or nobody waits
        };
        let waker = waker.take();
        *state = State::Closed;
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, Closed>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Cloned before the lock, and the one before dropped after it: a waker is code of others.
        let mut latest = Some(context.waker().clone());
        let mut state = lock(&self.shared);
        if let State::Open(waker) = &mut *state {
            // Under the lock under which the sender looks for it, so no wake-up is lost.
            mem::swap(waker, &mut latest);
            drop(state);
            return Poll::Pending;
        }
        let state = mem::replace(&mut *state, State::Closed);
        Poll::Ready(match state {
            State::Sent(value) => Ok(value),
            _ => Err(Closed),
        })
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let left = mem::replace(&mut *lock(&self.shared), State::Closed);
        drop(left); // a value or a waker, after the lock, because both are code of others
    }
}

/// Nothing panics while it is locked, so it is never poisoned.
fn lock<T>(shared: &Mutex<State<T>>) -> MutexGuard<'_, State<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// By hand: `derive` would ask for `T: Debug`, although the value is not shown.
impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&*lock(&self.shared)).finish()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver")
            .field(&*lock(&self.shared))
            .finish()
    }
}

impl<T> fmt::Debug for State<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Open(_) => "Open",
            Self::Sent(_) => "Sent",
            Self::Closed => "Closed",
        })
    }
}

/// The sender has been dropped and has sent nothing, or the value was received before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("channel closed: the sender was dropped and has sent nothing")
    }
}

impl Error for Closed {}

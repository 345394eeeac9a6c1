//! The properties of `block_on`. loom runs each in every order of its steps.

use super::async_future::{block_on, join};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

/// Is ready when its thread has run. Its first poll starts the thread.
struct FromThread {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FromThread {
    fn new() -> Self {
        Self {
            done: Arc::new(AtomicBool::new(false)),
            thread: None,
        }
    }
}

impl Future for FromThread {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.done.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        if self.thread.is_none() {
            let (done, waker) = (Arc::clone(&self.done), context.waker().clone());
            self.thread = Some(thread::spawn(move || {
                done.store(true, Ordering::Release);
                waker.wake();
            }));
        }
        Poll::Pending
    }
}

impl Drop for FromThread {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it does not panic");
        }
    }
}

/// A wake-up ends the sleep, whether it comes before the thread sleeps or after. Two threads wake
/// the same `block_on`, and neither wake-up is lost.
pub(crate) fn a_wake_up_ends_the_sleep() {
    model::check(|| {
        block_on(join(FromThread::new(), FromThread::new()));
    });
}

/// The future may park the thread itself, as a channel's `recv` does, and so use up the token that
/// `unpark` left. The wake-up of `block_on` is not lost.
pub(crate) fn a_future_may_park_the_thread() {
    model::check(|| {
        let mut inner = FromThread::new();
        let parked = Cell::new(false);
        block_on(poll_fn(|context| {
            let poll = Pin::new(&mut inner).poll(context);
            if poll.is_pending() && !parked.replace(true) {
                wait_for_a_thread();
            }
            poll
        }));
    });
}

/// Parks until another thread has run.
fn wait_for_a_thread() {
    let done = Arc::new(AtomicBool::new(false));
    let (theirs, waiting) = (Arc::clone(&done), thread::current());
    let other = thread::spawn(move || {
        theirs.store(true, Ordering::Release);
        waiting.unpark();
    });
    while !done.load(Ordering::Acquire) {
        thread::park();
    }
    other.join().expect("it does not panic");
}

/// Both futures are polled before either is ready: one can wait for what the other one does.
pub(crate) fn both_start_before_either_is_ready() {
    model::check(|| {
        let (first, second) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicBool::new(false)),
        );
        let (one, other) = (Meets::new(&first, &second), Meets::new(&second, &first));
        block_on(join(one, other));
    });
}

/// Says that it was polled, and is ready when the other one was polled, too.
struct Meets {
    mine: Arc<AtomicBool>,
    other: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Meets {
    fn new(mine: &Arc<AtomicBool>, other: &Arc<AtomicBool>) -> Self {
        Self {
            mine: Arc::clone(mine),
            other: Arc::clone(other),
            thread: None,
        }
    }
}

impl Future for Meets {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if !self.mine.swap(true, Ordering::Relaxed) {
            let waker = context.waker().clone();
            self.thread = Some(thread::spawn(move || waker.wake())); // once: the next poll decides
        }
        if self.other.load(Ordering::Relaxed) {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Drop for Meets {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it does not panic");
        }
    }
}

/// The future is polled once at first, and then once for each wake-up.
pub(crate) fn a_poll_follows_a_wake_up() {
    model::check(|| {
        let mut inner = Box::pin(async {
            FromThread::new().await;
            FromThread::new().await;
        });
        let mut polls = 0;
        block_on(poll_fn(|context| {
            polls += 1;
            assert!(polls <= 3, "polled without a wake-up");
            inner.as_mut().poll(context)
        }));
    });
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! An async semaphore with std alone: a counter, and a queue of wakers. It runs on any runtime.
//!
//! From the project "Many Things at Once", where `docs/src/locks/semaphore-async.md` explains it.
//!
//! *Notice:* a released permit goes to the first future in the queue, and is not free in between.
//! So it may belong to a future that is dropped before its next poll. Its drop releases it again.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::mem;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A fixed number of permits, first come, first served, also for requests of several permits.
///
/// Every method that waits returns a future. For a time-out, use the one of your runtime, for
/// example `tokio::time::timeout(duration, semaphore.acquire())`: dropping the future cancels it.
pub struct Semaphore {
    permits: usize,
    state: Mutex<State>,
}

struct State {
    /// Always fewer than the first in the queue wants.
    free: usize,
    queue: VecDeque<Waiter>,
    next_ticket: u64,
}

struct Waiter {
    ticket: u64,
    wanted: usize,
    waker: Waker,
}

/// One or several permits. Dropping it releases them. `S` is `&Semaphore` or `Arc<Semaphore>`.
#[derive(Debug)]
#[must_use = "a permit that is not kept is released immediately"]
pub struct Permit<S: Deref<Target = Semaphore>> {
    semaphore: S,
    permits: usize,
}

/// The future of a [`Permit`]. It joins the queue at its first poll, and leaves it when it is
/// dropped.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Acquire<S: Deref<Target = Semaphore>> {
    semaphore: S,
    wanted: usize,
    /// From the poll that joins the queue to the poll that returns the permit.
    ticket: Option<u64>,
}

impl Semaphore {
    /// A semaphore with this many permits.
    ///
    /// # Panics
    /// If there are none, because then every request would wait forever.
    pub const fn new(permits: usize) -> Self {
        assert!(permits > 0, "a semaphore needs at least one permit");
        Self {
            permits,
            state: Mutex::new(State {
                free: permits,
                queue: VecDeque::new(),
                next_ticket: 0,
            }),
        }
    }

    /// Waits for a permit.
    pub fn acquire(&self) -> Acquire<&Self> {
        Acquire::new(self, 1)
    }

    /// As [`acquire`](Self::acquire), with a permit that can move to another task.
    pub fn acquire_owned(self: &Arc<Self>) -> Acquire<Arc<Self>> {
        Acquire::new(Arc::clone(self), 1)
    }

    /// Waits for several permits and takes them together. `None` if the semaphore has fewer in
    /// total. A request for no permit does not wait.
    #[must_use = "`None` means that the request can never be granted"]
    pub fn acquire_many(&self, wanted: usize) -> Option<Acquire<&Self>> {
        (wanted <= self.permits).then(|| Acquire::new(self, wanted))
    }

    /// As [`acquire_many`](Self::acquire_many), with a permit that can move to another task.
    #[must_use = "`None` means that the request can never be granted"]
    pub fn acquire_many_owned(self: &Arc<Self>, wanted: usize) -> Option<Acquire<Arc<Self>>> {
        (wanted <= self.permits).then(|| Acquire::new(Arc::clone(self), wanted))
    }

    /// A permit, if one is free and the queue is empty. It never overtakes a future that waits.
    pub fn try_acquire(&self) -> Option<Permit<&Self>> {
        Permit::take(self, 1)
    }

    /// As [`try_acquire`](Self::try_acquire), with a permit that can move to another task.
    pub fn try_acquire_owned(self: &Arc<Self>) -> Option<Permit<Arc<Self>>> {
        Permit::take(Arc::clone(self), 1)
    }

    /// Several permits together, if they are free and the queue is empty.
    pub fn try_acquire_many(&self, wanted: usize) -> Option<Permit<&Self>> {
        Permit::take(self, wanted)
    }

    /// As [`try_acquire_many`](Self::try_acquire_many), with a permit that can go to another task.
    pub fn try_acquire_many_owned(self: &Arc<Self>, wanted: usize) -> Option<Permit<Arc<Self>>> {
        Permit::take(Arc::clone(self), wanted)
    }

    /// How many permits are free. Another task may take them before you use the answer.
    pub fn available(&self) -> usize {
        self.lock().free
    }

    /// Releases permits, and wakes every future that has all of its permits now.
    fn release(&self, permits: usize) {
        let mut state = self.lock();
        state.free += permits;
        let granted = state.grant();
        drop(state); // a waker is code of others, which may use this semaphore
        granted.into_iter().for_each(Waker::wake);
    }

    /// Nothing panics while it is locked, so it is never poisoned.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes permits, if they are free and nobody is in the queue.
    fn take(&mut self, wanted: usize) -> bool {
        let takes = wanted == 0 || (self.queue.is_empty() && wanted <= self.free);
        if takes {
            self.free -= wanted;
        }
        takes
    }

    /// Hands free permits to the first in the queue, as long as there are enough.
    fn grant(&mut self) -> Vec<Waker> {
        let mut granted = Vec::new();
        while let Some(first) = self.queue.front() {
            if first.wanted > self.free {
                break;
            }
            self.free -= first.wanted;
            granted.extend(self.queue.pop_front().map(|first| first.waker));
        }
        granted
    }
}

impl<S: Deref<Target = Semaphore>> Acquire<S> {
    fn new(semaphore: S, wanted: usize) -> Self {
        Self {
            semaphore,
            wanted,
            ticket: None,
        }
    }
}

impl<S: Deref<Target = Semaphore> + Clone + Unpin> Future for Acquire<S> {
    type Output = Permit<S>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Permit<S>> {
        let this = &mut *self;
        // Cloned before the lock, and the one before dropped after it: a waker is code of others.
        let mut waker = context.waker().clone();
        let mut state = this.semaphore.lock();
        if let Some(ticket) = this.ticket {
            let mut queue = state.queue.iter_mut();
            if let Some(waiter) = queue.find(|waiter| waiter.ticket == ticket) {
                // The latest waker counts: the future may have moved to another task.
                mem::swap(&mut waiter.waker, &mut waker);
                return Poll::Pending;
            }
            // It left the queue because its permits were granted.
        } else if !state.take(this.wanted) {
            let (ticket, wanted) = (state.next_ticket, this.wanted);
            state.next_ticket += 1;
            state.queue.push_back(Waiter {
                ticket,
                wanted,
                waker,
            });
            this.ticket = Some(ticket);
            return Poll::Pending;
        }
        drop(state);
        this.ticket = None;
        Poll::Ready(Permit {
            semaphore: this.semaphore.clone(),
            permits: this.wanted,
        })
    }
}

impl<S: Deref<Target = Semaphore>> Drop for Acquire<S> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let mut state = self.semaphore.lock();
        let place = state
            .queue
            .iter()
            .position(|waiter| waiter.ticket == ticket);
        let left = place.and_then(|place| state.queue.remove(place));
        if left.is_none() {
            state.free += self.wanted; // granted, and nobody will use them
        }
        let granted = state.grant(); // also if it only waited: those behind it may want fewer
        drop(state);
        granted.into_iter().for_each(Waker::wake);
    }
}

impl<S: Deref<Target = Semaphore>> Permit<S> {
    fn take(semaphore: S, permits: usize) -> Option<Self> {
        let taken = semaphore.lock().take(permits);
        taken.then(|| Self { semaphore, permits })
    }
}

impl<S: Deref<Target = Semaphore>> Drop for Permit<S> {
    fn drop(&mut self) {
        self.semaphore.release(self.permits);
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        let (free, waiting) = (state.free, state.queue.len());
        drop(state);
        f.debug_struct("Semaphore")
            .field("free", &free)
            .field("waiting", &waiting)
            .finish_non_exhaustive()
    }
}

//! An async semaphore with std alone: a count, and a line of wakers. It runs on any runtime.
//!
//! *Notice:* a permit that comes back goes to the first in line, without being free in between. So it
//! may belong to a future that is dropped before it is polled again; that future passes it on.

use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A fixed number of permits, which tasks take, wait for and give back: first come, first served.
#[derive(Debug)]
pub struct Semaphore {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Never above zero while somebody is in line.
    free: usize,
    line: VecDeque<Waiter>,
    next_ticket: u64,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    waker: Waker,
}

/// A permit. Dropping it gives it back.
#[derive(Debug)]
#[must_use = "a permit that is not kept is given back at once"]
pub struct Permit<'a>(&'a Semaphore);

/// What [`Semaphore::acquire`] returns. Dropped while it waits, it leaves the line.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Acquire<'a> {
    semaphore: &'a Semaphore,
    /// From the poll that joins the line to the one that takes the permit.
    ticket: Option<u64>,
}

impl Semaphore {
    /// A semaphore with this many permits.
    pub fn new(permits: usize) -> Self {
        Self {
            state: Mutex::new(State {
                free: permits,
                line: VecDeque::new(),
                next_ticket: 0,
            }),
        }
    }

    /// Waits for a permit. It is in line from its first poll on.
    pub fn acquire(&self) -> Acquire<'_> {
        Acquire {
            semaphore: self,
            ticket: None,
        }
    }

    /// How many permits are free; by the time you look, another task may have taken them.
    pub fn available(&self) -> usize {
        self.lock().free
    }

    /// Nothing panics while this lock is held, so it is never poisoned.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Future for Acquire<'a> {
    type Output = Permit<'a>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Permit<'a>> {
        let semaphore = self.semaphore;
        // A waker is code of others, also when it is cloned and dropped. This one comes before the
        // lock and so goes after it: that code may use this semaphore.
        let mut waker = context.waker().clone();
        let mut state = semaphore.lock();
        match self.ticket {
            None if state.free > 0 => state.free -= 1,
            None => {
                let ticket = state.next_ticket;
                state.next_ticket += 1;
                state.line.push_back(Waiter { ticket, waker });
                self.ticket = Some(ticket);
                return Poll::Pending;
            }
            Some(ticket) => {
                let mut line = state.line.iter_mut();
                if let Some(waiter) = line.find(|waiter| waiter.ticket == ticket) {
                    // The latest: the future may have moved to another task since.
                    mem::swap(&mut waiter.waker, &mut waker);
                    return Poll::Pending;
                }
                // Who is no longer in line was given a permit.
            }
        }
        self.ticket = None;
        Poll::Ready(Permit(semaphore))
    }
}

impl Drop for Acquire<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let mut state = self.semaphore.lock();
        let mut line = state.line.iter();
        let place = line.position(|waiter| waiter.ticket == ticket);
        let left = place.and_then(|place| state.line.remove(place));
        drop(state);
        if left.is_none() {
            drop(Permit(self.semaphore)); // it came, and nobody will take it: to the next in line
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        match state.line.pop_front() {
            None => state.free += 1,
            Some(first) => {
                drop(state);
                first.waker.wake();
            }
        }
    }
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Limits how many threads run at the same time: a counter of permits with a fair queue.
//!
//! From the project "Many Things at Once", where `cargo run -p semaphore` demonstrates it and
//! `docs/src/locks/semaphore.md` explains it.
//!
//! *Notice:* a permit is released when it is dropped, also by a panic. The queue is first come,
//! first served, also for a thread that needs several permits.
//!
//! *Use instead:* `std::sync::Mutex` for one thread at a time with data to protect. In async code
//! `tokio::sync::Semaphore`, which waits without blocking the thread.
//!
//! # Use it
//! ```ignore
//! use std::{thread, time::Duration};
//!
//! fn main() {
//!     let downloads = semaphore::Semaphore::new(4);
//!     thread::scope(|scope| {
//!         for page in 0..20 {
//!             let permit = downloads.acquire(); // waits here while 4 downloads are running
//!             scope.spawn(move || {
//!                 thread::sleep(Duration::from_millis(100)); // the download
//!                 println!("downloaded page {page}");
//!                 drop(permit); // using it here has moved it into this thread
//!             });
//!         }
//!     });
//! }
//! ```

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A fixed number of permits, which threads acquire and release.
#[derive(Debug)]
pub struct Semaphore {
    permits: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    queue: VecDeque<Waiter>,
    next_ticket: u64,
}

/// Each waiter has a Condvar of its own. A shared one would wake the whole queue for each permit.
#[derive(Debug)]
struct Waiter {
    ticket: u64,
    count: usize,
    granted: Arc<Condvar>,
}

/// One or more acquired permits. Dropping it releases them, also when a panic unwinds the thread.
#[derive(Debug)]
#[must_use = "a permit that is not kept is released immediately"]
pub struct Permit<S: Deref<Target = Semaphore>> {
    semaphore: S,
    count: usize,
}

impl Semaphore {
    /// A semaphore with this many permits. It can be a `static`.
    ///
    /// # Panics
    /// If `permits` is 0, because every thread would wait forever.
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
    pub fn acquire(&self) -> Permit<&Self> {
        self.wait(1, None);
        Permit::of(self, 1)
    }

    /// Waits for this many permits and acquires them together. Returns `None` immediately if the
    /// semaphore has fewer in total. Acquiring 0 never waits, whatever the queue.
    pub fn acquire_many(&self, count: usize) -> Option<Permit<&Self>> {
        self.wait(count, None).then(|| Permit::of(self, count))
    }

    /// Waits for a permit at most this long.
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<Permit<&Self>> {
        self.acquire_many_timeout(1, timeout)
    }

    /// Like [`acquire_many`](Self::acquire_many), but waits at most this long.
    pub fn acquire_many_timeout(&self, count: usize, timeout: Duration) -> Option<Permit<&Self>> {
        let acquired = self.wait(count, Some(timeout));
        acquired.then(|| Permit::of(self, count))
    }

    /// Acquires a permit if one is free and no thread is waiting.
    pub fn try_acquire(&self) -> Option<Permit<&Self>> {
        self.try_acquire_many(1)
    }

    /// Acquires this many permits if they are free and no thread is waiting.
    pub fn try_acquire_many(&self, count: usize) -> Option<Permit<&Self>> {
        let acquired = self.lock().take(count);
        acquired.then(|| Permit::of(self, count))
    }

    /// Like [`acquire`](Self::acquire). The permit shares the semaphore, so `thread::spawn` accepts
    /// it.
    pub fn acquire_owned(self: &Arc<Self>) -> Permit<Arc<Self>> {
        Permit::owned(self.acquire(), self)
    }

    /// Like [`acquire_many`](Self::acquire_many), for `thread::spawn`.
    pub fn acquire_many_owned(self: &Arc<Self>, count: usize) -> Option<Permit<Arc<Self>>> {
        let permit = self.acquire_many(count)?;
        Some(Permit::owned(permit, self))
    }

    /// Like [`acquire_timeout`](Self::acquire_timeout), for `thread::spawn`.
    pub fn acquire_timeout_owned(self: &Arc<Self>, timeout: Duration) -> Option<Permit<Arc<Self>>> {
        self.acquire_many_timeout_owned(1, timeout)
    }

    /// Like [`acquire_many_timeout`](Self::acquire_many_timeout), for `thread::spawn`.
    pub fn acquire_many_timeout_owned(
        self: &Arc<Self>,
        count: usize,
        timeout: Duration,
    ) -> Option<Permit<Arc<Self>>> {
        let permit = self.acquire_many_timeout(count, timeout)?;
        Some(Permit::owned(permit, self))
    }

    /// Like [`try_acquire`](Self::try_acquire), for `thread::spawn`.
    pub fn try_acquire_owned(self: &Arc<Self>) -> Option<Permit<Arc<Self>>> {
        self.try_acquire_many_owned(1)
    }

    /// Like [`try_acquire_many`](Self::try_acquire_many), for `thread::spawn`.
    pub fn try_acquire_many_owned(self: &Arc<Self>, count: usize) -> Option<Permit<Arc<Self>>> {
        let permit = self.try_acquire_many(count)?;
        Some(Permit::owned(permit, self))
    }

    /// How many permits are free. Another thread may acquire them before you use the answer.
    pub fn available(&self) -> usize {
        self.lock().free
    }

    /// Whether the permits were acquired: not if the time ran out or there are not that many.
    fn wait(&self, count: usize, timeout: Option<Duration>) -> bool {
        if count > self.permits {
            return false;
        }
        // One deadline, so that spurious wake-ups do not add up. One too far to express is none.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.lock();
        if state.take(count) {
            return true;
        }
        let (ticket, granted) = (state.next_ticket, Arc::new(Condvar::new()));
        state.next_ticket += 1;
        state.queue.push_back(Waiter {
            ticket,
            count,
            granted: Arc::clone(&granted),
        });
        while state.is_queued(ticket) {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            state = match left {
                None => granted.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => {
                    state.queue.retain(|waiter| waiter.ticket != ticket);
                    state.grant(); // the next in the queue may need fewer permits
                    return false;
                }
                Some(left) => {
                    let woken = granted.wait_timeout(state, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        true
    }

    /// Nothing panics while this lock is held, so it is never poisoned. Ignoring the poison anyway
    /// keeps `drop` from panicking.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, count: usize) -> bool {
        let may = count == 0 || (self.queue.is_empty() && count <= self.free);
        if may {
            self.free -= count;
        }
        may
    }

    /// Tickets in the queue ascend, and only its first one is granted permits.
    fn is_queued(&self, ticket: u64) -> bool {
        let first = self.queue.front();
        first.is_some_and(|first| first.ticket <= ticket)
    }

    /// Grants free permits to the first threads in the queue. They are never free in between, so a
    /// thread that has just arrived cannot take them.
    fn grant(&mut self) {
        while let Some(first) = self.queue.front() {
            if first.count > self.free {
                break;
            }
            self.free -= first.count;
            first.granted.notify_one();
            self.queue.pop_front();
        }
    }
}

impl<S: Deref<Target = Semaphore>> Permit<S> {
    fn of(semaphore: S, count: usize) -> Self {
        Self { semaphore, count }
    }
}

impl Permit<Arc<Semaphore>> {
    fn owned(mut borrowed: Permit<&Semaphore>, semaphore: &Arc<Semaphore>) -> Self {
        let count = std::mem::take(&mut borrowed.count); // so that its drop releases nothing
        Self::of(Arc::clone(semaphore), count)
    }
}

impl<S: Deref<Target = Semaphore>> Drop for Permit<S> {
    fn drop(&mut self) {
        let mut state = self.semaphore.lock();
        state.free += self.count;
        state.grant();
    }
}

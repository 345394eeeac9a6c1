//! Lets at most N threads in at a time: a semaphore from a Mutex and a Condvar, since std has none.
//!
//! Run it: `cargo run -p semaphore`
//!
//! *Notice:* the number of threads inside reaches the limit and never passes it; a thread that
//! panics gives its permit back. First come, first served: nobody overtakes one who waits, not even
//! with a smaller wish, so a wish for many permits is not starved.
//!
//! *Use instead:* `mutex` for one at a time with the data inside; in async code
//! `tokio::sync::Semaphore`, which waits without stopping the thread.
//!
//! The page: `docs/src/locks/semaphore.md`
//!
//! # Use it
//! ```
//! use semaphore::Semaphore;
//! use std::thread;
//!
//! fn main() {
//!     let downloads = Semaphore::new(4);
//!     thread::scope(|scope| {
//!         for page in 0..20 {
//!             let permit = downloads.acquire(); // waits here while 4 are under way
//!             scope.spawn(move || {
//!                 let _permit = permit; // given back when the thread ends, also by a panic
//!                 println!("fetched page {page}");
//!             });
//!         }
//!     });
//! }
//! ```

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A fixed number of permits, which threads take, wait for and give back.
#[derive(Debug)]
pub struct Semaphore {
    permits: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    line: VecDeque<Waiter>,
    next_ticket: u64,
}

/// A Condvar each: one for all would wake the whole line for every permit that comes back.
#[derive(Debug)]
struct Waiter {
    ticket: u64,
    wants: usize,
    turn: Arc<Condvar>,
}

/// Permits taken from a semaphore. Dropping it gives them back, also when a panic drops it.
#[derive(Debug)]
#[must_use = "permits that are not kept are given back at once"]
pub struct Permit<S: Deref<Target = Semaphore>> {
    semaphore: S,
    count: usize,
}

impl Semaphore {
    /// A semaphore with this many permits.
    ///
    /// # Panics
    /// With no permits: everyone would wait for ever.
    pub fn new(permits: usize) -> Self {
        assert!(permits > 0, "a semaphore needs at least one permit");
        Self {
            permits,
            state: Mutex::new(State {
                free: permits,
                line: VecDeque::new(),
                next_ticket: 0,
            }),
        }
    }

    /// Waits for a permit.
    pub fn acquire(&self) -> Permit<&Self> {
        self.wait(1, None);
        Permit::of(self, 1)
    }

    /// Waits for a permit that shares the semaphore, and so may move into a `thread::spawn`.
    pub fn acquire_owned(self: &Arc<Self>) -> Permit<Arc<Self>> {
        self.wait(1, None);
        Permit::of(Arc::clone(self), 1)
    }

    /// Waits until this many permits are free at the same time, and takes them together.
    /// Returns `None` at once if the semaphore has fewer in all.
    pub fn acquire_many(&self, count: usize) -> Option<Permit<&Self>> {
        let taken = count <= self.permits && self.wait(count, None);
        taken.then(|| Permit::of(self, count))
    }

    /// Waits for a permit, but no longer than this. `None` if none came in time.
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<Permit<&Self>> {
        self.acquire_many_timeout(1, timeout)
    }

    /// As [`acquire_many`](Self::acquire_many), but waits no longer than this.
    pub fn acquire_many_timeout(&self, count: usize, timeout: Duration) -> Option<Permit<&Self>> {
        // One deadline, so that spurious wake-ups do not add up. One too far to express is none.
        let deadline = Instant::now().checked_add(timeout);
        let taken = count <= self.permits && self.wait(count, deadline);
        taken.then(|| Permit::of(self, count))
    }

    /// Takes a permit if one is free and nobody waits for it.
    pub fn try_acquire(&self) -> Option<Permit<&Self>> {
        let taken = self.lock().take(1);
        taken.then(|| Permit::of(self, 1))
    }

    /// How many permits are free; by the time you look, another thread may have taken them.
    pub fn available(&self) -> usize {
        self.lock().free
    }

    /// Whether the permits came before the deadline.
    fn wait(&self, count: usize, deadline: Option<Instant>) -> bool {
        let mut state = self.lock();
        if state.take(count) {
            return true;
        }
        let (ticket, turn) = (state.next_ticket, Arc::new(Condvar::new()));
        state.next_ticket += 1;
        state.line.push_back(Waiter {
            ticket,
            wants: count,
            turn: Arc::clone(&turn),
        });
        while state.in_line(ticket) {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            state = match left {
                None => turn.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => {
                    state.line.retain(|waiter| waiter.ticket != ticket);
                    state.hand_out(); // the next may want less than the one who left
                    return false;
                }
                Some(left) => {
                    let woken = turn.wait_timeout(state, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        true
    }

    /// Nothing panics while this lock is held, so it is never poisoned; and a lock that refused
    /// would panic in a drop.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, count: usize) -> bool {
        let taken = self.line.is_empty() && count <= self.free;
        if taken {
            self.free -= count;
        }
        taken
    }

    fn in_line(&self, ticket: u64) -> bool {
        let first = self.line.front();
        first.is_some_and(|first| first.ticket <= ticket)
    }

    /// Hands permits to the first in line, as far as they go. They pass from owner to owner without
    /// being free in between, or a thread that just arrives could snatch them.
    fn hand_out(&mut self) {
        while let Some(first) = self.line.front()
            && first.wants <= self.free
        {
            self.free -= first.wants;
            first.turn.notify_one();
            self.line.pop_front();
        }
    }
}

impl<S: Deref<Target = Semaphore>> Permit<S> {
    fn of(semaphore: S, count: usize) -> Self {
        Self { semaphore, count }
    }
}

impl<S: Deref<Target = Semaphore>> Drop for Permit<S> {
    fn drop(&mut self) {
        let mut state = self.semaphore.lock();
        state.free += self.count;
        state.hand_out();
    }
}

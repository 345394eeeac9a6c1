// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A lock that prefers high priorities, with a limit to how often a waiting thread is overtaken.
//!
//! From the project "Many Things at Once", where `cargo run -p starvation` demonstrates it and
//! `docs/src/locks/starvation.md` explains it.
//!
//! *Notice:* one number is the whole policy. With a patience of 0 it is first come, first served.
//! Without a limit the highest priority always goes first, and a low one may wait forever.
//! Anything between is ageing: priority, with an end to the waiting.
//!
//! *Use instead:* `mutex` where waits are short: it promises no order, and is faster for that; a
//! `semaphore` for several threads at a time, first come, first served.
//!
//! # Use it
//! ```ignore
//! use starvation::PriorityLock;
//! use std::thread;
//!
//! static PRINTED: PriorityLock<Vec<u32>> = PriorityLock::new(Vec::new(), 10);
//!
//! fn main() {
//!     thread::scope(|scope| {
//!         for page in 0..20 {
//!             scope.spawn(move || PRINTED.lock(1).push(page)); // low priority
//!         }
//!         PRINTED.lock(9).push(99); // goes before the low ones that wait
//!     });
//!     println!("{:?}", *PRINTED.lock(1));
//! }
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};

/// A value for one thread at a time, and a queue of the threads that wait for it.
pub struct PriorityLock<T> {
    queue: Mutex<Queue>,
    /// Locked only by the thread that has the turn. So it is always free for the next one, and no
    /// `unsafe` is needed.
    value: Mutex<T>,
}

/// Access to the value. Dropping the guard, also during a panic, passes the turn on.
#[must_use = "a guard that is not kept passes the turn on immediately"]
pub struct Guard<'a, T> {
    // Fields are dropped in this order: the value is unlocked before the turn passes on.
    value: MutexGuard<'a, T>,
    _turn: Turn<'a>,
}

#[derive(Debug)]
struct Turn<'a>(&'a Mutex<Queue>);

/// The waiting threads in the order of their arrival. None waits while the lock is free.
#[derive(Debug)]
struct Queue {
    taken: bool,
    waiting: VecDeque<Waiter>,
    patience: usize,
}

/// Each has its own Condvar: one for all would wake the whole queue for every turn.
#[derive(Debug)]
struct Waiter {
    priority: u8,
    overtaken: usize,
    turn: Arc<Condvar>,
}

impl<T> PriorityLock<T> {
    /// A lock in which no waiting thread is overtaken more than `patience` times. 0 means first
    /// come, first served; `usize::MAX` means priority alone. A `const fn`, also for a `static`.
    pub const fn new(value: T, patience: usize) -> Self {
        Self {
            queue: Mutex::new(Queue {
                taken: false,
                waiting: VecDeque::new(),
                patience,
            }),
            value: Mutex::new(value),
        }
    }

    /// Waits for its turn: high priorities first, equal ones in the order of arrival. A thread
    /// that locks twice waits for itself, forever.
    pub fn lock(&self, priority: u8) -> Guard<'_, T> {
        let mut queue = lock(&self.queue);
        if queue.taken {
            let turn = queue.join(priority);
            while queue.has(&turn) {
                queue = turn.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        } else {
            queue.taken = true;
        }
        drop(queue);
        let turn = Turn(&self.queue); // from here on, a panic passes the turn on, too
        let value = match self.value.try_lock() {
            Ok(value) => value,
            Err(TryLockError::Poisoned(left)) => left.into_inner(),
            Err(TryLockError::WouldBlock) => {
                unreachable!("only the thread that has the turn locks it")
            }
        };
        Guard { value, _turn: turn }
    }

    /// The number of waiting threads. By the time you use it, it may have changed.
    pub fn waiting(&self) -> usize {
        lock(&self.queue).waiting.len()
    }
}

/// Does not show the value: to read it would need a turn.
impl<T> fmt::Debug for PriorityLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PriorityLock")
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

impl Queue {
    fn join(&mut self, priority: u8) -> Arc<Condvar> {
        let turn = Arc::new(Condvar::new());
        self.waiting.push_back(Waiter {
            priority,
            overtaken: 0,
            turn: Arc::clone(&turn),
        });
        turn
    }

    fn has(&self, turn: &Arc<Condvar>) -> bool {
        let mut turns = self.waiting.iter().map(|waiter| &waiter.turn);
        turns.any(|other| Arc::ptr_eq(other, turn))
    }

    /// Removes the thread that is next. It overtakes all that arrived before it.
    fn next(&mut self) -> Option<Waiter> {
        // Whenever a thread is overtaken, the first in the queue is overtaken, too. So only the
        // first one's count matters.
        let at = if self.waiting.front()?.overtaken < self.patience {
            let queue = self.waiting.iter().enumerate();
            // Reversed, because max_by_key returns the last of equals: the one that arrived
            // first.
            queue.rev().max_by_key(|(_, waiter)| waiter.priority)?.0
        } else {
            0
        };
        for passed in self.waiting.range_mut(..at) {
            passed.overtaken += 1;
        }
        self.waiting.remove(at)
    }
}

impl Drop for Turn<'_> {
    /// Hands the lock over. It is never free in between, else a new thread could take it first.
    fn drop(&mut self) {
        let mut queue = lock(self.0);
        match queue.next() {
            Some(next) => next.turn.notify_one(),
            None => queue.taken = false,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Guard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// Nothing panics while the queue is locked, so it is never left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

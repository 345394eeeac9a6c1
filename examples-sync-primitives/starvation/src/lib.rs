//! A lock that goes to the highest priority next, and lets nobody be overtaken more often than you say.
//!
//! Run it: `cargo run -p starvation`
//!
//! *Notice:* one number is the whole policy. With a patience of 0 it is first come, first served; with
//! no limit the highest priority always goes first, and a low one waits for as long as others come.
//! Anything between is ageing: priority, and an end to the waiting.
//!
//! *Use instead:* `mutex` where waits are short: it makes no promise who is next, and is faster for
//! it. A `semaphore` for several at a time, first come, first served.
//!
//! The page: `docs/src/locks/starvation.md`
//!
//! # Use it
//! ```
//! use starvation::PriorityLock;
//! use std::thread;
//!
//! fn main() {
//!     let printer = PriorityLock::new(Vec::new(), 10); // 10 may go before one who waits
//!     thread::scope(|scope| {
//!         for page in 0..20 {
//!             let printer = &printer;
//!             scope.spawn(move || printer.lock(1).push(page));
//!         }
//!         printer.lock(9).push(99); // before those who wait
//!     });
//!     assert_eq!(printer.lock(1).len(), 21);
//! }
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};

/// A value for one thread at a time, and a line of those who wait for it.
pub struct PriorityLock<T> {
    line: Mutex<Line>,
    /// Locked by the one whose turn it is, and by nobody else. So it is always free for the next, and
    /// needs no `unsafe`.
    value: Mutex<T>,
}

/// The value, until this is dropped, also by a panic. Then the next one has it, as it was left.
#[derive(Debug)]
pub struct Guard<'a, T> {
    // Fields are dropped in this order: the value is free before the turn passes on.
    value: MutexGuard<'a, T>,
    _turn: Turn<'a>,
}

#[derive(Debug)]
struct Turn<'a>(&'a Mutex<Line>);

/// In the order in which they came. Nobody waits while the lock is free.
#[derive(Debug)]
struct Line {
    taken: bool,
    waiting: VecDeque<Waiter>,
    patience: usize,
}

/// A Condvar each: one for all would wake the whole line for every turn.
#[derive(Debug)]
struct Waiter {
    priority: u8,
    overtaken: usize,
    turn: Arc<Condvar>,
}

impl<T> PriorityLock<T> {
    /// A lock in which nobody who waits is overtaken more than `patience` times: 0 is first come,
    /// first served, `usize::MAX` is priority alone.
    pub fn new(value: T, patience: usize) -> Self {
        Self {
            line: Mutex::new(Line {
                taken: false,
                waiting: VecDeque::new(),
                patience,
            }),
            value: Mutex::new(value),
        }
    }

    /// Waits for the turn: the higher the priority the sooner, equals in the order in which they
    /// came. Never twice in a thread: it would wait for itself.
    pub fn lock(&self, priority: u8) -> Guard<'_, T> {
        let mut line = lock(&self.line);
        if line.taken {
            let turn = line.join(priority);
            while line.has(&turn) {
                line = turn.wait(line).unwrap_or_else(PoisonError::into_inner);
            }
        } else {
            line.taken = true;
        }
        drop(line);
        let turn = Turn(&self.line); // before what could panic: it passes the turn on
        let value = match self.value.try_lock() {
            Ok(value) => value,
            Err(TryLockError::Poisoned(left)) => left.into_inner(),
            Err(TryLockError::WouldBlock) => unreachable!("it is our turn, and nobody else's"),
        };
        Guard { value, _turn: turn }
    }

    /// How many wait; by the time you look, it may be fewer or more.
    pub fn waiting(&self) -> usize {
        lock(&self.line).waiting.len()
    }
}

/// Not derived: a Mutex is locked while it prints its value, and that would be out of turn.
impl<T> fmt::Debug for PriorityLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PriorityLock")
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

impl Line {
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

    /// The next one leaves the line, and overtakes all who came before.
    fn next(&mut self) -> Option<Waiter> {
        // Who overtakes somebody overtakes the first as well. So nobody's patience ends sooner.
        let at = if self.waiting.front()?.overtaken < self.patience {
            let line = self.waiting.iter().enumerate();
            // Backwards, since max_by_key finds the last of equals: that is the first who came.
            line.rev().max_by_key(|(_, waiter)| waiter.priority)?.0
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
    /// Hands the lock over without its being free in between, or a newcomer could snatch it.
    fn drop(&mut self) {
        let mut line = lock(self.0);
        match line.next() {
            Some(next) => next.turn.notify_one(),
            None => line.taken = false,
        }
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

/// Nothing panics while the line is locked, so it is never left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

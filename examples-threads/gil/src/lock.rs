// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A lock that its holder hands over at switch points, to the thread that has waited longest.
//!
//! Each thread draws a ticket, and the turn goes from ticket to ticket. A plain `Mutex` would not
//! do: a thread that unlocks it and locks it again usually gets it before a waiting thread wakes
//! up.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// One lock for all threads of an interpreter. It protects everything that they share.
#[derive(Debug, Default)]
pub struct Gil {
    queue: Mutex<Queue>,
    turn_changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    /// The ticket of the next thread that arrives.
    next_ticket: u64,
    /// The ticket whose turn it is. If it equals `next_ticket`, the lock is free.
    turn: u64,
}

/// A guard: the thread that has it holds the lock. Dropping it releases the lock, also in a panic.
#[derive(Debug)]
#[must_use = "the lock is released immediately if the guard is not kept"]
pub struct Held<'a>(&'a Gil);

impl Gil {
    /// A lock that is free.
    pub const fn new() -> Gil {
        Gil {
            queue: Mutex::new(Queue {
                next_ticket: 0,
                turn: 0,
            }),
            turn_changed: Condvar::new(),
        }
    }

    /// Waits for the lock, behind all threads that wait already.
    pub fn acquire(&self) -> Held<'_> {
        self.wait_in(self.queue());
        Held(self)
    }

    /// How many threads wait for the lock. The number may have changed by the time you look at it.
    pub fn waiting(&self) -> u64 {
        self.queue().waiting()
    }

    fn wait_in(&self, mut queue: MutexGuard<'_, Queue>) {
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        while queue.turn != ticket {
            queue = self
                .turn_changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn release(&self, queue: &mut Queue) {
        queue.turn += 1;
        // All waiting threads share one condvar, and only one of them has the right ticket.
        self.turn_changed.notify_all();
    }

    /// Nothing panics while this mutex is locked, so it is never poisoned.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn waiting(&self) -> u64 {
        (self.next_ticket - self.turn).saturating_sub(1) // the holder does not wait
    }
}

impl Held<'_> {
    /// A switch point. Each thread that waits gets the lock before this one goes on.
    pub fn give_way(&mut self) {
        let mut queue = self.0.queue();
        if queue.waiting() > 0 {
            self.0.release(&mut queue);
            // Under the same lock of the queue. Otherwise the next thread could reach its own
            // switch point in between, find nobody waiting, and keep the lock.
            self.0.wait_in(queue);
        }
    }

    /// Releases the lock, calls `work`, and waits for the lock again. Python's C code calls this
    /// `Py_BEGIN_ALLOW_THREADS`, and PyO3 calls it `Python::detach`.
    pub fn without<R>(&mut self, work: impl FnOnce() -> R) -> R {
        self.0.release(&mut self.0.queue());
        let _reacquire = Reacquire(self.0); // also if `work` panics, because `self` will release it
        work()
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.release(&mut self.0.queue());
    }
}

struct Reacquire<'a>(&'a Gil);

impl Drop for Reacquire<'_> {
    fn drop(&mut self) {
        self.0.wait_in(self.0.queue());
    }
}

//! A lock that its holder gives up at switch points, to the one who has waited longest.
//!
//! *Notice:* everyone draws a number, and the turn goes from number to number. A plain Mutex would
//! not do: who unlocks it and locks it again at once mostly has it before a waiter wakes up.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// One lock for all threads of an interpreter. It holds no data: whatever they share is under it.
#[derive(Debug, Default)]
pub struct Gil {
    line: Mutex<Line>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Line {
    /// What the next to come will draw.
    next: u64,
    /// Whose turn it is: the holder's, or, if it equals `next`, the next to come's.
    turn: u64,
}

/// The lock, held. Dropping it releases the lock, also in a panic.
#[derive(Debug)]
#[must_use = "a lock that is not kept is released at once"]
pub struct Held<'a>(&'a Gil);

impl Gil {
    /// Waits for the lock.
    pub fn acquire(&self) -> Held<'_> {
        self.wait_in(self.line());
        Held(self)
    }

    /// How many threads wait for the lock; by the time you look, others may have come.
    pub fn waiting(&self) -> u64 {
        self.line().waiting()
    }

    fn wait_in(&self, mut line: MutexGuard<'_, Line>) {
        let number = line.next;
        line.next += 1;
        while line.turn != number {
            line = self
                .moved
                .wait(line)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn pass_on(&self, line: &mut Line) {
        line.turn += 1;
        // All, for they share a Condvar, and only one of them has the number.
        self.moved.notify_all();
    }

    /// Nothing panics while this lock is held, so it is never poisoned.
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn waiting(&self) -> u64 {
        (self.next - self.turn).saturating_sub(1) // the one is the holder
    }
}

impl Held<'_> {
    /// A switch point: if threads wait, each of them has its turn before this one goes on.
    pub fn give_way(&mut self) {
        let mut line = self.0.line();
        if line.waiting() > 0 {
            self.0.pass_on(&mut line);
            // Still the same `line`: let go in between, the next one could look, see nobody in line,
            // and keep the lock.
            self.0.wait_in(line);
        }
    }

    /// Does something that needs no lock, and waits for the lock after that. Python's C code calls
    /// this `Py_BEGIN_ALLOW_THREADS`, PyO3 `Python::detach`.
    pub fn without<R>(&mut self, work: impl FnOnce() -> R) -> R {
        self.0.pass_on(&mut self.0.line());
        let _again = Again(self.0); // also if `work` panics: dropping `self` passes it on once more
        work()
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.pass_on(&mut self.0.line());
    }
}

struct Again<'a>(&'a Gil);

impl Drop for Again<'_> {
    fn drop(&mut self) {
        self.0.wait_in(self.0.line());
    }
}

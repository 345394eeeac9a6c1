// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Counters, stop flags and limits that threads share without a lock: one atomic number each.
//!
//! From the project "Many Things at Once", where `cargo run -p atomics` demonstrates it and
//! `docs/src/locks/atomics.md` explains it.
//!
//! *Notice:* each method is *one* step on the atomic, or a loop around one step that fails if
//! another thread came first. Two steps, a `load` and then a `store`, lose what happens between.
//!
//! *Use instead:* `mutex` as soon as two values must fit together; `channel` to hand values over.
//!
//! # Use it
//! ```ignore
//! use atomics::{Budget, Counter};
//! use std::thread;
//!
//! fn main() {
//!     let (served, retries) = (Counter::new(), Budget::new(10));
//!     thread::scope(|scope| {
//!         for _ in 0..8 {
//!             scope.spawn(|| {
//!                 while retries.take(3) {} // 3 at a time, by all threads together
//!                 served.add(1);
//!             });
//!         }
//!     });
//!     println!("{} served, {} retry left", served.get(), retries.left());
//! }
//! ```

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

// Relaxed everywhere: an atomic on its own needs no more. All threads see the changes of one
// atomic in the same order, and no step on it is lost. An ordering says what a thread that sees
// the new value may conclude about *other* memory, and here it may conclude nothing.

/// Counts events, or hands out unique numbers.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// A counter at zero, also for a `static`.
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Adds `count`, and returns the value before. `add(1)` returns a number that no other caller
    /// gets. Beyond `u64::MAX` it starts again at zero.
    pub fn add(&self, count: u64) -> u64 {
        self.0.fetch_add(count, Relaxed)
    }

    /// The count. It is exact once the threads that add are joined; until then it may change.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed) // after a join it is exact because the join orders, not the load
    }
}

/// Asks threads to stop. They check it between two pieces of work.
#[derive(Debug, Default)]
pub struct StopFlag(AtomicBool);

impl StopFlag {
    /// A flag that is not set, also for a `static`.
    pub const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Sets the flag. Returns `true` to the first caller only, so that caller can do what must
    /// happen once.
    pub fn stop(&self) -> bool {
        !self.0.swap(true, Relaxed)
    }

    /// Whether the flag is set. This says nothing about other data: to read that, join first.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// A number of units that all threads together may take, and not one more.
#[derive(Debug)]
pub struct Budget {
    limit: u64,
    left: AtomicU64,
}

impl Budget {
    /// A full budget, also for a `static`.
    pub const fn new(limit: u64) -> Self {
        Self {
            limit,
            left: AtomicU64::new(limit),
        }
    }

    /// Takes `count` units, or none if fewer are left.
    pub fn take(&self, count: u64) -> bool {
        let mut seen = self.left.load(Relaxed);
        while let Some(rest) = seen.checked_sub(count) {
            // Weak: it may also fail spuriously, which costs another round, but is cheaper on
            // ARM.
            match self
                .left
                .compare_exchange_weak(seen, rest, Relaxed, Relaxed)
            {
                Ok(_) => return true,
                Err(now) => seen = now, // another thread came first: decide again
            }
        }
        false
    }

    /// Gives back `count` units, but never more than fit below the limit.
    pub fn give_back(&self, count: u64) {
        let sum = |left: u64| left.saturating_add(count).min(self.limit);
        let (left, mut seen) = (&self.left, self.left.load(Relaxed));
        while let Err(now) = left.compare_exchange_weak(seen, sum(seen), Relaxed, Relaxed) {
            seen = now;
        }
    }

    /// The units that are left. By the time you use the number, another thread may have taken
    /// them.
    pub fn left(&self) -> u64 {
        self.left.load(Relaxed)
    }
}

/// Keeps the highest value since the last call of `take`.
#[derive(Debug, Default)]
pub struct HighWater(AtomicU64);

impl HighWater {
    /// Begins at zero, also for a `static`.
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Records a value.
    pub fn record(&self, value: u64) {
        self.0.fetch_max(value, Relaxed);
    }

    /// Returns the highest value and starts again at zero, in one step: no value is lost between.
    pub fn take(&self) -> u64 {
        self.0.swap(0, Relaxed)
    }
}

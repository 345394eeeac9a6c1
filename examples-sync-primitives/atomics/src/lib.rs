//! Counts, flags and limits that threads share without a lock: one atomic number each.
//!
//! Run it: `cargo run -p atomics`
//!
//! *Notice:* each method is *one* step on the atomic, or a loop around one step that fails when
//! another thread came first. Two steps, a `load` and then a `store`, lose what happens in between.
//!
//! *Use instead:* `mutex` as soon as two values must fit together; `channel` to hand values over.
//!
//! The page: `docs/src/locks/atomics.md`
//!
//! # Use it
//! ```
//! use atomics::{Budget, Counter};
//! use std::thread;
//!
//! fn main() {
//!     let (served, retries) = (Counter::default(), Budget::new(10));
//!     thread::scope(|scope| {
//!         for _ in 0..8 {
//!             scope.spawn(|| {
//!                 while retries.take(3) {} // 3 of 10 at a time, by all threads together
//!                 served.add(1);
//!             });
//!         }
//!     });
//!     assert_eq!((served.get(), retries.left()), (8, 1));
//! }
//! ```

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

// Relaxed everywhere: an atomic on its own needs no more. All threads agree on the order in which
// one atomic changes, and no step on it is lost. An ordering says what a thread that sees the new
// value may conclude about *other* memory, and nothing is meant to be concluded here.

/// Counts events, or hands out numbers.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds this many, and returns how many there were before: a number that nobody else gets.
    /// Beyond `u64::MAX` it begins again at zero.
    pub fn add(&self, count: u64) -> u64 {
        self.0.fetch_add(count, Relaxed)
    }

    /// The count: exact once the threads that add are joined, until then a moment's view.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed) // after a join it is exact because the join orders, not the load
    }
}

/// Asks threads to stop. They look whenever it suits them.
#[derive(Debug, Default)]
pub struct StopFlag(AtomicBool);

impl StopFlag {
    /// Stops; `true` for the first who did, who alone may want to say goodbye.
    pub fn stop(&self) -> bool {
        !self.0.swap(true, Relaxed)
    }

    /// Whether to stop. It says nothing about what was written before the stop: for that, join.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// So many may be taken by all threads together, and not one more.
#[derive(Debug)]
pub struct Budget {
    limit: u64,
    left: AtomicU64,
}

impl Budget {
    /// A full budget.
    pub fn new(limit: u64) -> Self {
        Self {
            limit,
            left: AtomicU64::new(limit),
        }
    }

    /// Takes this many, or none if fewer are left.
    pub fn take(&self, count: u64) -> bool {
        let mut seen = self.left.load(Relaxed);
        while let Some(rest) = seen.checked_sub(count) {
            // Weak: it may also fail for nothing, which costs another round, and is cheaper on ARM.
            match self
                .left
                .compare_exchange_weak(seen, rest, Relaxed, Relaxed)
            {
                Ok(_) => return true,
                Err(now) => seen = now, // another thread came first: decide again by what it left
            }
        }
        false
    }

    /// Gives back this many, but never above the limit.
    pub fn give_back(&self, count: u64) {
        let sum = |left: u64| left.saturating_add(count).min(self.limit);
        let (left, mut seen) = (&self.left, self.left.load(Relaxed));
        while let Err(now) = left.compare_exchange_weak(seen, sum(seen), Relaxed, Relaxed) {
            seen = now;
        }
    }

    /// How many are left; by the time you look, another thread may have taken them.
    pub fn left(&self) -> u64 {
        self.left.load(Relaxed)
    }
}

/// Keeps the highest value since somebody last asked.
#[derive(Debug, Default)]
pub struct HighWater(AtomicU64);

impl HighWater {
    /// Notes a value.
    pub fn record(&self, value: u64) {
        self.0.fetch_max(value, Relaxed);
    }

    /// The highest value, and begins anew at zero. No value falls between the two.
    pub fn take(&self) -> u64 {
        self.0.swap(0, Relaxed)
    }
}

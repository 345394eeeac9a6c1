// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Checks and acts in one step: no lost update, nothing spent twice, one owner for a name.
//!
//! From the project "Many Things at Once", where `cargo run -p race` demonstrates it and
//! `docs/src/locks/race.md` explains it.
//!
//! *Notice:* the compiler accepts the broken versions. Rust prevents data races, where two
//! threads access the same memory with no order between them. It does not prevent race
//! conditions, where another thread comes between two correct steps. Each method here is one
//! step.
//!
//! *Use instead:* `mutex` where a step changes more than one value.
//!
//! # Use it
//! ```ignore
//! use race::Budget;
//! use std::thread;
//!
//! fn main() {
//!     let budget = &Budget::new(100);
//!     thread::scope(|scope| {
//!         for price in [60, 70, 80] {
//!             scope.spawn(move || println!("{price}: {}", budget.spend(price)));
//!         }
//!     });
//!     println!("left: {}", budget.left()); // exactly one of them was spent
//! }
//! ```

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// Hands out the numbers 0, 1, 2 …, each of them once.
#[derive(Debug, Default)]
pub struct Tickets {
    next: AtomicU64,
}

impl Tickets {
    /// Begins at 0, also for a `static`.
    pub const fn new() -> Self {
        Self {
            next: AtomicU64::new(0),
        }
    }

    /// The next number. After `u64::MAX` it starts again at 0.
    pub fn take(&self) -> u64 {
        // Relaxed: the number is all that is shared, and no other data depends on it.
        self.next.fetch_add(1, Relaxed)
    }
}

/// An amount that threads spend together: never more than there is.
#[derive(Debug)]
pub struct Budget {
    left: AtomicU64,
}

impl Budget {
    /// A budget of `amount`, also for a `static`.
    pub const fn new(amount: u64) -> Self {
        Self {
            left: AtomicU64::new(amount),
        }
    }

    /// Spends `amount` if there is enough. Returns whether it did.
    pub fn spend(&self, amount: u64) -> bool {
        let mut seen = self.left.load(Relaxed);
        while let Some(rest) = seen.checked_sub(amount) {
            // Succeeds if no other thread came between. Weak: it may fail spuriously, and try
            // again.
            match self
                .left
                .compare_exchange_weak(seen, rest, Relaxed, Relaxed)
            {
                Ok(_) => return true,
                Err(now) => seen = now, // another thread came between: check again
            }
        }
        false
    }

    /// What is left. By the time you use the number, another thread may have spent it.
    pub fn left(&self) -> u64 {
        self.left.load(Relaxed)
    }
}

/// Names, each with one owner: the first that claims it.
#[derive(Debug, Default)]
pub struct Names {
    owners: Mutex<BTreeMap<String, String>>,
}

impl Names {
    /// No names yet, also for a `static`.
    pub const fn new() -> Self {
        Self {
            owners: Mutex::new(BTreeMap::new()),
        }
    }

    /// Gives a free name to `owner`.
    ///
    /// # Errors
    /// The owner that has it already.
    pub fn claim(&self, name: &str, owner: &str) -> Result<(), String> {
        // The change below is one step, which no panic can leave half done. So poison is ignored.
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        match owners.entry(name.to_owned()) {
            Entry::Vacant(free) => {
                free.insert(owner.to_owned());
                Ok(())
            }
            Entry::Occupied(taken) => Err(taken.get().clone()),
        }
    }
}

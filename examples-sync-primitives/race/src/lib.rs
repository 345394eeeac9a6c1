//! Looks and acts in one step, so that nobody comes between: no lost update, nothing spent twice, one owner for a name.
//!
//! Run it: `cargo run -p race`
//!
//! *Notice:* the compiler accepts the broken versions. Rust stops data races, where two threads touch
//! the same memory with no order between them; it does not stop race conditions, where each step is
//! sound and another thread comes between two of them. Each method here is one step.
//!
//! *Use instead:* `mutex` where a step changes more than one value.
//!
//! The page: `docs/src/locks/race.md`
//!
//! # Use it
//! ```
//! use race::Budget;
//! use std::thread;
//!
//! fn main() {
//!     let budget = &Budget::new(100);
//!     let spent = thread::scope(|scope| {
//!         let threads = [60, 70, 80].map(|price| scope.spawn(move || budget.spend(price)));
//!         threads.map(|thread| thread.join().unwrap())
//!     });
//!     assert_eq!(spent.iter().filter(|spent| **spent).count(), 1);
//! }
//! ```

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// Hands out the numbers 0, 1, 2 …, each once.
#[derive(Debug, Default)]
pub struct Tickets {
    next: AtomicU64,
}

impl Tickets {
    /// The next number. After `u64::MAX` it begins again.
    pub fn take(&self) -> u64 {
        // Relaxed: the number itself is all that is shared, and each thread gets another.
        self.next.fetch_add(1, Relaxed)
    }
}

/// An amount that threads spend together, and never more than there is.
#[derive(Debug)]
pub struct Budget {
    left: AtomicU64,
}

impl Budget {
    /// A budget of this much.
    pub fn new(amount: u64) -> Self {
        Self {
            left: AtomicU64::new(amount),
        }
    }

    /// Spends this much, if there is enough, and says whether it did.
    pub fn spend(&self, amount: u64) -> bool {
        let mut seen = self.left.load(Relaxed);
        while let Some(rest) = seen.checked_sub(amount) {
            // Takes if nobody came between. Weak: it may fail for nothing, for another round.
            match self
                .left
                .compare_exchange_weak(seen, rest, Relaxed, Relaxed)
            {
                Ok(_) => return true,
                Err(now) => seen = now, // looks again
            }
        }
        false
    }

    /// What is left; by the time you look, another thread may have spent it.
    pub fn left(&self) -> u64 {
        self.left.load(Relaxed)
    }
}

/// Names, each with one owner: the first who claims it.
#[derive(Debug, Default)]
pub struct Names {
    owners: Mutex<BTreeMap<String, String>>,
}

impl Names {
    /// Gives a free name to this owner.
    ///
    /// # Errors
    /// The owner who has it already.
    pub fn claim(&self, name: &str, owner: &str) -> Result<(), String> {
        // Every change here is one step, which no panic leaves half done. So poison means nothing.
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

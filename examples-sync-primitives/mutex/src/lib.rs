//! Lets one thread at a time at a value, with std's Mutex.
//!
//! Run it: `cargo run -p mutex`
//!
//! *Notice:* the lock is inside the type, and no method lets its guard out: nobody can forget to
//! lock, and nobody can hold the lock for long. What a panic under the lock means for the data is
//! decided once, in one private `lock`: `Hits` goes on, `Accounts` refuses until it is repaired.
//!
//! *Use instead:* `semaphore` for up to N at a time; for a single number an atomic; in async code
//! this same Mutex, as long as no guard is held across an `.await`.
//!
//! The page: `docs/src/locks/mutex.md`
//!
//! # Use it
//! ```
//! use mutex::Hits;
//! use std::thread;
//!
//! fn main() {
//!     let hits = Hits::default();
//!     thread::scope(|scope| {
//!         for page in ["/", "/about", "/"] {
//!             let hits = &hits; // no Arc: the scope ends before `hits` does
//!             scope.spawn(move || hits.add(page));
//!         }
//!     });
//!     assert_eq!(hits.get("/"), 2);
//! }
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A count for each name.
#[derive(Debug, Default)]
pub struct Hits {
    counts: Mutex<BTreeMap<String, u64>>,
}

impl Hits {
    /// Adds one, and returns the count with it.
    pub fn add(&self, name: &str) -> u64 {
        let name = name.to_owned(); // what needs no lock is done before it
        let mut counts = self.lock();
        let count = counts.entry(name).or_default();
        *count += 1;
        *count
    }

    /// The count so far; zero for an unknown name.
    pub fn get(&self, name: &str) -> u64 {
        self.lock().get(name).copied().unwrap_or_default()
    }

    /// Shows every name and count, under the lock: `see` must be quick, and must not use these hits.
    /// If it panics, the lock is poisoned, although nothing has changed.
    pub fn each(&self, mut see: impl FnMut(&str, u64)) {
        for (name, count) in self.lock().iter() {
            see(name, *count);
        }
    }

    /// Every change here is one step, which no panic leaves half done. So poison means nothing.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accounts, numbered from zero. What one gives another gets, so the sum stays the same.
#[derive(Debug)]
pub struct Accounts {
    balances: Mutex<Vec<u64>>,
}

/// Why the accounts did not do as asked. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A thread panicked in the middle of a change: see [`Accounts::repair`].
    HalfDone,
    /// No account has this number.
    Unknown(usize),
    /// There is too little in the one account.
    TooLittle,
    /// There is no room for so much in the other.
    TooMuch,
}

impl Accounts {
    /// Accounts with these balances.
    pub fn new(balances: Vec<u64>) -> Self {
        Self {
            balances: Mutex::new(balances),
        }
    }

    /// Moves an amount. To look and to take is one critical section: with two, another thread could
    /// empty the account in between.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn transfer(&self, from: usize, to: usize, amount: u64) -> Result<(), Refused> {
        let mut balances = self.lock()?;
        let giver = balances.get(from).ok_or(Refused::Unknown(from))?;
        let receiver = balances.get(to).ok_or(Refused::Unknown(to))?;
        let left = giver.checked_sub(amount).ok_or(Refused::TooLittle)?;
        receiver.checked_add(amount).ok_or(Refused::TooMuch)?;
        // All that can fail comes before the first change.
        balances[from] = left;
        balances[to] += amount;
        Ok(())
    }

    /// Changes every balance in turn. If `change` panics, the first balances are changed and the
    /// others are not. It must not use these accounts: the thread would wait for its own lock.
    ///
    /// # Errors
    /// [`Refused::HalfDone`]
    pub fn change_each(&self, change: impl FnMut(&mut u64)) -> Result<(), Refused> {
        self.lock()?.iter_mut().for_each(change);
        Ok(())
    }

    /// The sum of all balances.
    ///
    /// # Errors
    /// [`Refused::HalfDone`]
    pub fn total(&self) -> Result<u128, Refused> {
        Ok(self.lock()?.iter().copied().map(u128::from).sum())
    }

    /// Puts good balances, from a backup say, in the place of half-changed ones.
    pub fn repair(&self, balances: Vec<u64>) {
        let mut guard = self.balances.lock().unwrap_or_else(PoisonError::into_inner);
        *guard = balances;
        self.balances.clear_poison(); // before the guard goes, or others find it poisoned still
    }

    /// A change takes several steps, and a panic may have come between: refuse what is poisoned.
    fn lock(&self) -> Result<MutexGuard<'_, Vec<u64>>, Refused> {
        self.balances.lock().map_err(|_poisoned| Refused::HalfDone)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HalfDone => write!(f, "a change was left half done"),
            Self::Unknown(number) => write!(f, "there is no account {number}"),
            Self::TooLittle => write!(f, "there is too little in the account"),
            Self::TooMuch => write!(f, "there is no room for so much in the account"),
        }
    }
}

impl Error for Refused {}

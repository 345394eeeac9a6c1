// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Lets only one thread access a value at a time: std's Mutex, private inside two types.
//!
//! From the project "Many Things at Once", where `cargo run -p mutex` demonstrates it and
//! `docs/src/locks/mutex.md` explains it.
//!
//! *Notice:* no method returns a guard, so no caller can forget to lock, or keep the lock after the
//! call.
//! What a panic means for the data is decided once, in a private `lock`: `Hits` continues,
//! `Accounts` refuses until it is repaired.
//!
//! *Use instead:* an atomic for a single number; `semaphore` for up to N threads at a time. In
//! async code this same Mutex, as long as no guard is held across an `.await`.
//!
//! # Use it
//! ```ignore
//! use mutex::Hits;
//! use std::thread;
//!
//! fn main() {
//!     let hits = Hits::new();
//!     thread::scope(|scope| {
//!         for page in ["/", "/about", "/"] {
//!             let hits = &hits; // no Arc: the scope ends before `hits` is dropped
//!             scope.spawn(move || hits.add(page));
//!         }
//!     });
//!     println!("/ has {} hits", hits.get("/")); // 2
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
    /// No hits yet. It can be a `static`.
    pub const fn new() -> Self {
        Self {
            counts: Mutex::new(BTreeMap::new()),
        }
    }

    /// Adds one, and returns the new count.
    pub fn add(&self, name: &str) -> u64 {
        let name = name.to_owned(); // allocates before it locks
        let mut counts = self.lock();
        let count = counts.entry(name).or_default();
        *count += 1;
        *count
    }

    /// The count so far; zero for an unknown name.
    pub fn get(&self, name: &str) -> u64 {
        self.lock().get(name).copied().unwrap_or_default()
    }

    /// Calls `see` with every name and count, while the lock is held. So `see` must be quick and
    /// must not use these hits: the thread would wait for its own lock.
    pub fn each(&self, mut see: impl FnMut(&str, u64)) {
        for (name, count) in self.lock().iter() {
            see(name, *count);
        }
    }

    /// Every change here is a single step, which a panic cannot leave half done. So ignoring the
    /// poison is right.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accounts, numbered from 0. A transfer does not change the sum of all balances.
#[derive(Debug)]
pub struct Accounts {
    balances: Mutex<Vec<u64>>,
}

/// Why the accounts refused. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A thread panicked during a change: see [`Accounts::repair`].
    Poisoned,
    /// No account has this number.
    Unknown(usize),
    /// The balance of the first account is too low.
    TooLow,
    /// The balance of the second account would overflow.
    Overflow,
}

impl Accounts {
    /// Accounts with these balances.
    pub const fn new(balances: Vec<u64>) -> Self {
        Self {
            balances: Mutex::new(balances),
        }
    }

    /// Moves an amount. The check and the change are one critical section. With two, another thread
    /// could empty the account in between.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn transfer(&self, from: usize, to: usize, amount: u64) -> Result<(), Refused> {
        let mut balances = self.lock()?;
        let giver = balances.get(from).ok_or(Refused::Unknown(from))?;
        let receiver = balances.get(to).ok_or(Refused::Unknown(to))?;
        let left = giver.checked_sub(amount).ok_or(Refused::TooLow)?;
        receiver.checked_add(amount).ok_or(Refused::Overflow)?;
        // Everything that can fail comes before the first change.
        balances[from] = left;
        balances[to] += amount;
        Ok(())
    }

    /// Changes every balance in turn. If `change` panics, the first balances are changed and the
    /// others are not, so the accounts are poisoned. `change` must not use these accounts.
    ///
    /// # Errors
    /// [`Refused::Poisoned`]
    pub fn change_each(&self, change: impl FnMut(&mut u64)) -> Result<(), Refused> {
        self.lock()?.iter_mut().for_each(change);
        Ok(())
    }

    /// The sum of all balances.
    ///
    /// # Errors
    /// [`Refused::Poisoned`]
    pub fn total(&self) -> Result<u128, Refused> {
        Ok(self.lock()?.iter().copied().map(u128::from).sum())
    }

    /// Replaces all balances, for example from a backup, and clears the poison.
    pub fn repair(&self, balances: Vec<u64>) {
        let mut guard = self.balances.lock().unwrap_or_else(PoisonError::into_inner);
        *guard = balances;
        self.balances.clear_poison();
    }

    /// A change has several steps, and a panic can leave it half done. So poison is an error.
    fn lock(&self) -> Result<MutexGuard<'_, Vec<u64>>, Refused> {
        self.balances.lock().map_err(|_poisoned| Refused::Poisoned)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Poisoned => write!(f, "a thread panicked during a change"),
            Self::Unknown(number) => write!(f, "there is no account {number}"),
            Self::TooLow => write!(f, "the balance is too low"),
            Self::Overflow => write!(f, "the balance would overflow"),
        }
    }
}

impl Error for Refused {}

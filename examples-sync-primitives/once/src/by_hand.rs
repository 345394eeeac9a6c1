// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A OnceLock by hand: a Mutex for the first callers and an atomic flag for all later ones.
//! This file needs no other.

use core::cell::UnsafeCell;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A cell for a value that is computed at first use and stays.
pub struct OnceLock<T> {
    /// Set when the value is there, and never unset.
    ready: AtomicBool,
    /// Locked by the thread that computes the value.
    computing: Mutex<()>,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: several threads may have a `&T`, so T must be `Sync`. One thread may compute the value
// and another one drop it, so T must be `Send`.
#[expect(unsafe_code, reason = "this type exists to share a cell")]
unsafe impl<T: Send + Sync> Sync for OnceLock<T> {}

impl<T> OnceLock<T> {
    /// An empty cell, also for a `static`.
    pub const fn new() -> Self {
        Self {
            ready: AtomicBool::new(false),
            computing: Mutex::new(()),
            value: UnsafeCell::new(None),
        }
    }

    /// The value, if it has been computed. It takes no lock.
    pub fn get(&self) -> Option<&T> {
        // Acquire pairs with the Release below: a thread that sees the flag sees the whole value.
        if !self.ready.load(Ordering::Acquire) {
            return None;
        }
        #[expect(unsafe_code, reason = "once the flag is set, the value is only read")]
        // SAFETY: it was written before the flag was set, and nobody writes it after that.
        unsafe { &*self.value.get() }.as_ref()
    }

    /// The value. The first caller computes it with `init`, and callers that arrive meanwhile
    /// wait. If `init` panics, there is no value, and the next caller computes it. `init` must
    /// not ask for this value: it would wait for itself, forever.
    pub fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
        self.get().unwrap_or_else(|| self.init(init))
    }

    fn init(&self, init: impl FnOnce() -> T) -> &T {
        // Poisoned means that an earlier attempt panicked. It has left nothing behind.
        let _computing = self
            .computing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Checked again: another thread may have computed it while this one waited for the lock.
        if self.get().is_none() {
            let value = init();
            #[expect(unsafe_code, reason = "before the flag is set, nobody reads the value")]
            // SAFETY: only one thread at a time is here, and no other reads before the flag is
            // set.
            unsafe {
                *self.value.get() = Some(value);
            }
            // Release: everything that `init` did happens before the flag is seen.
            self.ready.store(true, Ordering::Release);
        }
        self.get()
            .expect("it was there, or the lines above have put it there")
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(value) => f.debug_tuple("OnceLock").field(value).finish(),
            None => f.write_str("OnceLock(<uninit>)"),
        }
    }
}

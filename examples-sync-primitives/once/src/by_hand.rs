//! A value that is made once, from a Mutex for those who come early and an atomic for all others.

use core::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A place for a value that is made at its first use and stays.
#[derive(Debug)]
pub struct OnceLock<T> {
    /// Set when the value is there, and never unset.
    ready: AtomicBool,
    /// Held by the one who makes the value.
    making: Mutex<()>,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: several threads may have a `&T`, hence Sync; and the value may be made in one thread and
// dropped in another, hence Send.
#[expect(unsafe_code, reason = "what it is for: sharing a cell")]
unsafe impl<T: Send + Sync> Sync for OnceLock<T> {}

impl<T> OnceLock<T> {
    /// The value, if it has been made. It takes no lock.
    pub fn get(&self) -> Option<&T> {
        // Acquire: with the Release below, who sees the flag sees the whole value.
        if !self.ready.load(Ordering::Acquire) {
            return None;
        }
        #[expect(unsafe_code, reason = "after the flag the value is only read")]
        // SAFETY: it was written before the flag was set, and nobody writes it after that.
        unsafe { &*self.value.get() }.as_ref()
    }

    /// The value. The first to come makes it, and who comes meanwhile waits. If `make` panics there
    /// is no value, and the next one makes it. `make` must not ask for this value: it would wait for
    /// itself.
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.get().unwrap_or_else(|| self.init(make))
    }

    fn init(&self, make: impl FnOnce() -> T) -> &T {
        // Poisoned means that somebody failed to make it, and left nothing.
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if self.get().is_none() {
            // Nobody has made it while this thread waited for the lock.
            let made = make();
            #[expect(unsafe_code, reason = "before the flag nobody else reads the value")]
            // SAFETY: one thread is here at a time, and no other reads before the flag is set.
            unsafe {
                *self.value.get() = Some(made);
            }
            // Release: all that made the value comes before the flag.
            self.ready.store(true, Ordering::Release);
        }
        self.get().expect("it was there, or is now")
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        Self {
            ready: AtomicBool::new(false),
            making: Mutex::default(),
            value: UnsafeCell::new(None),
        }
    }
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A lock whose waiters never sleep but check again and again: how it works, why to avoid it.
//!
//! From the project "Many Things at Once", where `cargo run -p spinlock` demonstrates it and
//! `docs/src/locks/spinlock.md` explains it.
//!
//! *Notice:* Acquire and Release are all that makes the data safe. A waiting thread occupies a
//! core, because the operating system does not know that it waits.
//!
//! *Use instead:* `mutex`, nearly always: std's spins briefly as well, and then sleeps. A spinlock
//! is for code below the operating system: kernels, interrupt handlers, bare metal.
//!
//! # Use it
//! ```ignore
//! use spinlock::SpinLock;
//! use std::thread;
//!
//! static TOTAL: SpinLock<u32> = SpinLock::new(0);
//!
//! fn main() {
//!     thread::scope(|scope| {
//!         for number in 1..=4 {
//!             scope.spawn(move || *TOTAL.lock() += number); // short, and nothing in it can wait
//!         }
//!     });
//!     println!("1 + 2 + 3 + 4 = {}", *TOTAL.lock());
//! }
//! ```

use core::cell::UnsafeCell;
use std::fmt;
use std::hint;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

/// A value that only one thread can access at a time. A panic does not poison it.
pub struct SpinLock<T> {
    locked: AtomicBool,
    value: UnsafeCell<T>,
}

#[expect(unsafe_code, reason = "a lock exists to share what is in its cell")]
// SAFETY: the lock gives one thread at a time access to the value, as if the value were sent from
// thread to thread. So the value must be `Send`, and need not be `Sync`.
unsafe impl<T: Send> Sync for SpinLock<T> {}

/// Access to the value. Dropping the guard unlocks, also during a panic.
#[must_use = "a guard that is not kept unlocks immediately"]
pub struct Guard<'a, T> {
    lock: &'a SpinLock<T>,
    /// Makes the guard `Send` and `Sync` only where a `&mut T` is. With `lock` alone, the guard
    /// of a `Cell` would be `Sync`, and two threads could reach the cell.
    acts_as: PhantomData<&'a mut T>,
}

impl<T> SpinLock<T> {
    /// An unlocked lock, also for a `static`.
    pub const fn new(value: T) -> Self {
        Self {
            locked: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Waits for the lock at full speed.
    pub fn lock(&self) -> Guard<'_, T> {
        loop {
            if let Some(guard) = self.try_lock() {
                return guard;
            }
            // Only reads: an exchange would take the cache line from the other cores each time.
            while self.locked.load(Ordering::Relaxed) {
                hint::spin_loop(); // lets the core save power, or run its other hyperthread
            }
        }
    }

    /// Takes the lock if it is free now.
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        // Acquire pairs with the Release of the previous holder: its writes are visible from here.
        // Relaxed on failure, because then nothing behind the lock is accessed.
        let (acquire, relaxed) = (Ordering::Acquire, Ordering::Relaxed);
        let taken = self.locked.compare_exchange(false, true, acquire, relaxed);
        taken.ok().map(|_| Guard {
            lock: self,
            acts_as: PhantomData,
        })
    }
}

impl<T: fmt::Debug> fmt::Debug for SpinLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lock = f.debug_struct("SpinLock");
        match self.try_lock() {
            Some(guard) => lock.field("value", &*guard),
            None => lock.field("value", &format_args!("<locked>")),
        };
        lock.finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Guard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    #[expect(unsafe_code, reason = "a guard exists to give access")]
    fn deref(&self) -> &T {
        // SAFETY: there is only one guard, and while this borrows it nobody has a `&mut T`.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    #[expect(unsafe_code, reason = "a guard exists to give access")]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: there is only one guard, and only this borrows it.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        // Release: the next holder sees everything that this one wrote.
        self.lock.locked.store(false, Ordering::Release);
    }
}

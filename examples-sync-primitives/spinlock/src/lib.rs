//! A lock that never sleeps but looks again and again: how it is built, and why to use another.
//!
//! Run it: `cargo run -p spinlock`
//!
//! *Notice:* Acquire and Release are all that makes the data safe. And who waits takes a core from
//! whoever could end the wait, since the system does not know that it waits.
//!
//! *Use instead:* `mutex`, nearly always: std's looks a few times as well, and then sleeps. A
//! spinlock is for where there is no system to sleep in: kernels, interrupts, bare metal.
//!
//! The page: `docs/src/locks/spinlock.md`
//!
//! # Use it
//! ```
//! use spinlock::SpinLock;
//! use std::thread;
//!
//! fn main() {
//!     let total = SpinLock::new(0);
//!     thread::scope(|scope| {
//!         for number in 1..=4 {
//!             let total = &total;
//!             scope.spawn(move || *total.lock() += number); // short, and nothing in it can wait
//!         }
//!     });
//!     assert_eq!(*total.lock(), 10);
//! }
//! ```

use core::cell::UnsafeCell;
use std::hint;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

/// A value that one thread at a time can reach. A panic does not poison it.
#[derive(Debug)]
pub struct SpinLock<T> {
    locked: AtomicBool,
    value: UnsafeCell<T>,
}

#[expect(
    unsafe_code,
    reason = "sharing what is in the cell is the purpose of a lock"
)]
// SAFETY: the lock hands the value to one thread at a time, as if it were sent from one to the
// next. So threads may share the lock if the value may be sent; that it be `Sync` is not needed.
unsafe impl<T: Send> Sync for SpinLock<T> {}

/// Reaches the value. Dropping it unlocks, also when a panic drops it.
#[derive(Debug)]
#[must_use = "a guard that is not kept unlocks at once"]
pub struct Guard<'a, T> {
    lock: &'a SpinLock<T>,
    /// To be `Send` and `Sync` just as a `&mut T` is: shared through the lock alone, a guard of a
    /// `Cell` would let two threads at it.
    acts_as: PhantomData<&'a mut T>,
}

impl<T> SpinLock<T> {
    /// A lock that is free.
    pub fn new(value: T) -> Self {
        Self {
            locked: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Waits for the lock, at full speed.
    pub fn lock(&self) -> Guard<'_, T> {
        loop {
            if let Some(guard) = self.try_lock() {
                return guard;
            }
            // Only reading: as long as nobody writes, each core has a copy of its own to look at.
            while self.locked.load(Ordering::Relaxed) {
                hint::spin_loop(); // the core may save power, or run its other hyperthread
            }
        }
    }

    /// Takes the lock if it is free now.
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        // Acquire pairs with the Release of the last holder: what it wrote is seen from here on.
        // Relaxed where it fails: then nothing behind the lock is looked at.
        let (acquire, relaxed) = (Ordering::Acquire, Ordering::Relaxed);
        let taken = self.locked.compare_exchange(false, true, acquire, relaxed);
        taken.ok().map(|_| Guard {
            lock: self,
            acts_as: PhantomData,
        })
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    #[expect(unsafe_code, reason = "the guard's purpose")]
    fn deref(&self) -> &T {
        // SAFETY: this guard is the only one, and as long as it is borrowed nobody has a `&mut`.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    #[expect(unsafe_code, reason = "the guard's purpose")]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one, and it is borrowed by nobody else.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        // Release: whoever takes the lock next sees all that this holder wrote.
        self.lock.locked.store(false, Ordering::Release);
    }
}

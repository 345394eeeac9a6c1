//! Waits until something is true, with std's Condvar: an event, set once and waited for by many.
//!
//! Run it: `cargo run -p condvar`
//!
//! *Notice:* a Condvar remembers nothing, so what is waited for stands under the mutex, as a flag.
//! Who comes late finds it set and does not wait; who is woken looks at it again, because a wake-up
//! proves nothing.
//!
//! *Use instead:* `semaphore` for a number of permits; a channel to hand over a value; `barrier`
//! for threads that wait for each other.
//!
//! The page: `docs/src/locks/condvar.md`
//!
//! # Use it
//! ```
//! use condvar::Event;
//! use std::thread;
//!
//! fn main() {
//!     let start = Event::default();
//!     thread::scope(|scope| {
//!         for _ in 0..3 {
//!             scope.spawn(|| {
//!                 start.wait();
//!                 println!("off we go");
//!             });
//!         }
//!         start.set();
//!     });
//! }
//! ```

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Something that happens once, and that any number of threads wait for.
///
/// It cannot be cleared. Set and cleared again, it would be over before a waiter gets to look.
#[derive(Debug, Default)]
pub struct Event {
    happened: Mutex<bool>,
    changed: Condvar,
}

impl Event {
    /// Lets all go on who wait, and all who come later. What this thread did before, they see.
    pub fn set(&self) {
        *self.lock() = true;
        // The flag first: who is woken must find it. All: it is true for everyone who waits.
        self.changed.notify_all();
    }

    /// Whether it has happened.
    pub fn is_set(&self) -> bool {
        *self.lock()
    }

    /// Waits until it has happened.
    pub fn wait(&self) {
        // Looks before it waits and after each wake-up. While it waits, the lock is free.
        let waited = self.changed.wait_while(self.lock(), |happened| !*happened);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until it has happened, but no longer than this. Returns whether it has.
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        // This reckons to one deadline, however often it is woken on the way.
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), timeout, |happened| !*happened);
        let (happened, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *happened
    }

    /// Nothing panics while this lock is held, so it is never poisoned.
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.happened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

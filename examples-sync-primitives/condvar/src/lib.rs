// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Waits until something is true, with std's Condvar: an event that any number of threads wait for.
//!
//! From the project "Many Things at Once", where `cargo run -p condvar` demonstrates it and
//! `docs/src/locks/condvar.md` explains it.
//!
//! *Notice:* a Condvar remembers nothing, so what a thread waits for is a flag under the mutex. A
//! thread that arrives late finds it set and does not wait. A woken thread checks it again, because
//! a wake-up proves nothing.
//!
//! *Use instead:* a channel to hand over a value; `semaphore` for a number of permits; `barrier`
//! for threads that wait for each other; in async code `tokio::sync::Notify` or `watch`.
//!
//! # Use it
//! ```ignore
//! use condvar::Event;
//! use std::thread;
//!
//! fn main() {
//!     let start = Event::new();
//!     thread::scope(|scope| {
//!         for _ in 0..3 {
//!             scope.spawn(|| {
//!                 start.wait();
//!                 println!("started");
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
/// It cannot be cleared: if it were set and cleared again, a woken thread could miss it.
#[derive(Debug, Default)]
pub struct Event {
    happened: Mutex<bool>,
    changed: Condvar,
}

impl Event {
    /// An event that has not happened. It can be a `static`.
    pub const fn new() -> Self {
        Self {
            happened: Mutex::new(false),
            changed: Condvar::new(),
        }
    }

    /// Wakes every waiting thread; later ones do not wait. All see what this thread did before.
    pub fn set(&self) {
        *self.lock() = true;
        // After the flag, so that a woken thread finds it set. All, because it is true for all.
        self.changed.notify_all();
    }

    /// Whether it has happened.
    pub fn is_set(&self) -> bool {
        *self.lock()
    }

    /// Waits until it has happened.
    pub fn wait(&self) {
        // Checks before it waits and after each wake-up. While it waits, the lock is free.
        let waited = self.changed.wait_while(self.lock(), |happened| !*happened);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until it has happened, but at most this long. Returns whether it has happened.
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        // This computes one deadline, however often the thread is woken in between.
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

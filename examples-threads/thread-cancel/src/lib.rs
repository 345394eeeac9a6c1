// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Stops a thread, also in the middle of a sleep, and joins it: a flag, park and unpark.
//!
//! From the project "Many Things at Once", where `cargo run -p thread-cancel` demonstrates it and
//! `docs/src/threads/thread-cancel.md` explains it.
//!
//! *Notice:* nothing ends a thread from outside. It is asked, and it must look at the flag or sleep
//! with [`Stop::sleep`]. A stop is never lost, whether it comes before, during or after the sleep.
//!
//! *Use instead:* a channel, if the thread waits for values: it ends when the senders are dropped.
//!
//! # Use it
//! ```ignore
//! use std::time::Duration;
//! use thread_cancel::Worker;
//!
//! fn main() {
//!     let backup = Worker::spawn(|stop| {
//!         let mut rounds = 0;
//!         while !stop.is_set() {
//!             rounds += 1; // one round of the work
//!             stop.sleep(Duration::from_secs(3600)); // a stop ends the sleep
//!         }
//!         rounds
//!     });
//!     let rounds = backup.stop().expect("it did not panic"); // asks it, and joins it
//!     println!("stopped after {rounds} rounds"); // 0 or 1: the stop may come before the first
//! }
//! ```

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A thread that can be asked to stop. Dropping it asks the thread to stop, and joins it.
#[must_use = "dropping it stops the thread immediately"]
pub struct Worker<T> {
    stopped: Arc<AtomicBool>,
    /// `None` once it was joined.
    thread: Option<JoinHandle<T>>,
}

/// Tells the thread of a [`Worker`] whether it should stop.
#[derive(Debug)]
pub struct Stop {
    stopped: Arc<AtomicBool>,
    /// Neither `Send` nor `Sync`: only the thread that is unparked may sleep.
    on_this_thread: PhantomData<*const ()>,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts a thread that calls `work`.
    ///
    /// # Panics
    /// If the system refuses to start a thread.
    pub fn spawn<F: FnOnce(&Stop) -> T + Send + 'static>(work: F) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stopped);
        let thread = thread::spawn(move || {
            work(&Stop {
                stopped: flag,
                on_this_thread: PhantomData,
            })
        });
        Worker {
            stopped,
            thread: Some(thread),
        }
    }
}

impl<T> Worker<T> {
    /// Asks the thread to stop, and does not wait. To stop many, ask all before you stop the first.
    pub fn ask(&self) {
        // Relaxed: the flag guards no other data. It is set before the unpark, so a thread that
        // the unpark wakes sees it.
        self.stopped.store(true, Ordering::Relaxed);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }

    /// Asks the thread to stop, waits until it has ended, and returns its result.
    ///
    /// # Errors
    /// What the thread panicked with.
    pub fn stop(mut self) -> thread::Result<T> {
        self.ask();
        match self.thread.take() {
            Some(thread) => thread.join(),
            None => unreachable!("only stop and drop take the thread, and both consume the worker"),
        }
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.ask();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // call `stop` yourself to learn about a panic
        }
    }
}

impl<T> fmt::Debug for Worker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

impl Stop {
    /// Whether the thread should stop. Cheap enough for every step of a loop.
    pub fn is_set(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Sleeps so long, or until the stop. Returns whether the thread should stop.
    pub fn sleep(&self, duration: Duration) -> bool {
        let deadline = Instant::now().checked_add(duration); // `None`: too far to express
        // The flag decides, and not why park returned: it may return without an unpark, or because
        // of one that was meant for something else.
        while !self.is_set() {
            match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return false,
                Some(left) => thread::park_timeout(left),
                None => thread::park(),
            }
        }
        true
    }
}

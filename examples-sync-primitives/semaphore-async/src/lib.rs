// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Limits how many async tasks run at the same time, with tokio's Semaphore or one built by hand.
//!
//! From the project "Many Things at Once", where `cargo run -p semaphore-async` demonstrates it and
//! `docs/src/locks/semaphore-async.md` explains it.
//!
//! *Notice:* each permit lives inside the work that it limits: in the future, in the task, in the
//! closure on another thread. So it is released when that ends, also by a panic or an abort.
//!
//! *Use instead:* `semaphore` between threads; `mutex-async` for one task at a time with data
//! inside; `buffer_unordered` for one list in one task; tokio's `Notify` to wait for an event.
//!
//! # Use it
//! ```ignore
//! use semaphore_async::Limit;
//! use tokio::task::{JoinSet, yield_now};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let (limit, mut tasks) = (Limit::new(4), JoinSet::new());
//!     for page in 0..20 {
//!         // waits here while 4 tasks are running
//!         limit.spawn(&mut tasks, async move { yield_now().await; page }).await?;
//!         while let Some(page) = tasks.try_join_next() { println!("page {}", page?); }
//!     }
//!     while let Some(page) = tasks.join_next().await { println!("page {}", page?); }
//!     Ok(())
//! }
//! ```

pub mod by_hand;

use std::future::Future;
use std::sync::Arc;
use tokio::sync::{AcquireError, Semaphore};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};

/// A limit for the whole program: clones share it. First come, first served.
#[derive(Debug, Clone)]
pub struct Limit {
    semaphore: Arc<Semaphore>,
}

impl Limit {
    /// A limit of this many at the same time.
    ///
    /// # Panics
    /// If it is zero, because then everything would wait forever; or above
    /// [`Semaphore::MAX_PERMITS`].
    pub fn new(at_a_time: usize) -> Self {
        assert!(
            at_a_time > 0,
            "a limit of zero would never let anything run"
        );
        Self {
            semaphore: Arc::new(Semaphore::new(at_a_time)),
        }
    }

    /// Waits for a permit, and then runs `work` in the current task.
    ///
    /// # Errors
    /// If the limit was closed before there was a permit. Then `work` has not started.
    pub async fn run<F: Future>(&self, work: F) -> Result<F::Output, AcquireError> {
        let _permit = self.semaphore.acquire().await?;
        Ok(work.await)
    }

    /// Waits for a permit, and then spawns `work`. So no more tasks exist than the limit allows,
    /// apart from finished ones. They stay in `tasks`, with their outputs, until you join them.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn spawn<F>(
        &self,
        tasks: &mut JoinSet<F::Output>,
        work: F,
    ) -> Result<(), AcquireError>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let permit = Arc::clone(&self.semaphore).acquire_owned().await?;
        tasks.spawn(async move {
            let _permit = permit; // moved in, so the end of the task releases it
            work.await
        });
        Ok(())
    }

    /// Waits for a permit, and then runs `work` on a thread where it may block.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<JoinHandle<T>, AcquireError> {
        let permit = Arc::clone(&self.semaphore).acquire_owned().await?;
        Ok(spawn_blocking(move || {
            // In the closure: it cannot be cancelled, and runs on if its caller is.
            let _permit = permit;
            work()
        }))
    }

    /// Fails all requests that wait and all later ones. Work that has its permit continues.
    pub fn close(&self) {
        self.semaphore.close();
    }
}

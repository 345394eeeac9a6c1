//! Lets at most N tasks at a time through, with tokio's Semaphore, and with one built by hand.
//!
//! Run it: `cargo run -p semaphore-async`
//!
//! *Notice:* a permit lives in the very thing that it limits: in the future, in the task, in the
//! closure on another thread. So it goes back when that ends, by a panic or cancelled as well.
//! Taken inside each task it limits the work; taken before `spawn`, the tasks under way, too.
//!
//! *Use instead:* `semaphore` between threads; `mutex-async` for one at a time, with data inside;
//! `buffer_unordered` for one list, in one task.
//!
//! The page: `docs/src/locks/semaphore-async.md`
//!
//! # Use it
//! ```
//! use semaphore_async::Limit;
//! use tokio::task::{JoinSet, yield_now};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let (limit, mut tasks, mut sum) = (Limit::new(4), JoinSet::new(), 0);
//!     for number in 0..20 {
//!         let fetch = async move { yield_now().await; number };
//!         limit.spawn(&mut tasks, fetch).await?; // waits here while 4 are under way
//!         while let Some(page) = tasks.try_join_next() { sum += page?; } // or they pile up
//!     }
//!     while let Some(page) = tasks.join_next().await { sum += page?; }
//!     assert_eq!(sum, 190);
//!     Ok(())
//! }
//! ```

pub mod by_hand;

use std::sync::Arc;
use tokio::sync::{AcquireError, Semaphore};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};

/// A limit for the whole program: clones share it. Who comes first is served first.
#[derive(Debug, Clone)]
pub struct Limit {
    semaphore: Arc<Semaphore>,
}

impl Limit {
    /// Lets this many through at a time.
    ///
    /// # Panics
    /// If it lets nobody through: everyone would wait for ever. Also above
    /// [`Semaphore::MAX_PERMITS`].
    pub fn new(at_a_time: usize) -> Self {
        assert!(at_a_time > 0, "a limit of nothing lets nobody through");
        Self {
            semaphore: Arc::new(Semaphore::new(at_a_time)),
        }
    }

    /// Waits for its turn, and then runs `work` in the task that calls this.
    ///
    /// # Errors
    /// If the limit was closed before its turn came. Then `work` has not begun.
    pub async fn run<F: Future>(&self, work: F) -> Result<F::Output, AcquireError> {
        let _permit = self.semaphore.acquire().await?;
        Ok(work.await)
    }

    /// Waits for its turn, and then spawns `work`. So there are no more tasks that run, or wait to.
    /// Those that are done stay in `tasks`, with their outputs, until they are joined.
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
            let _permit = permit; // moved in: it goes back when the task ends
            work.await
        });
        Ok(())
    }

    /// Waits for its turn, and then runs `work` on a thread where it may block.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<JoinHandle<T>, AcquireError> {
        let permit = Arc::clone(&self.semaphore).acquire_owned().await?;
        Ok(spawn_blocking(move || {
            // In the closure: it cannot be cancelled, and goes on when who awaits it has gone.
            let _permit = permit;
            work()
        }))
    }

    /// Refuses all who wait and all who come from now on. Who is through finishes.
    pub fn close(&self) {
        self.semaphore.close();
    }
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Runs blocking calls and long computations for async code, so that they never stop the runtime.
//!
//! From the project "Many Things at Once", where `cargo run -p async-blocking` demonstrates it and
//! `docs/src/async/async-blocking.md` explains it.
//!
//! *Notice:* a closure that has started cannot be cancelled. If its caller goes away, it runs to
//! its end and keeps its permit until then.
//!
//! *Use instead:* a thread of your own for work that runs as long as the program; the async
//! counterpart of the call, if there is one.
//!
//! # Use it
//! ```ignore
//! use async_blocking::{Blocking, Failed};
//! use std::fs;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Failed> {
//!     let blocking = Blocking::new(8); // at most 8 blocking calls at the same time
//!     let entries = blocking.io(|| fs::read_dir(".").map(Iterator::count)).await?;
//!     println!("files and folders: {}", entries.unwrap_or(0));
//!     let sum = blocking.cpu(|| (1..=1_000_000_u64).sum::<u64>()).await?;
//!     println!("sum: {sum}");
//!     Ok(())
//! }
//! ```

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::{Semaphore, oneshot};

/// Runs closures on other threads, a limited number at the same time. A clone shares the limits.
#[derive(Clone, Debug)]
pub struct Blocking {
    io: Arc<Semaphore>,
    cpu: Arc<Semaphore>,
}

impl Blocking {
    /// Lets `permits` closures of [`io`](Self::io) run at the same time, and as many of
    /// [`cpu`](Self::cpu) as rayon has threads.
    ///
    /// # Panics
    /// If `permits` is 0.
    pub fn new(permits: usize) -> Self {
        assert!(permits > 0, "with 0 permits no closure could ever start");
        let cpu = rayon::current_num_threads();
        Self {
            io: Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS))),
            cpu: Arc::new(Semaphore::new(cpu)),
        }
    }

    /// Runs a closure that waits: for a file, a database, a lock. It runs on a thread of tokio's
    /// blocking pool.
    ///
    /// If this future is dropped before the closure has started, the closure never runs.
    ///
    /// # Errors
    /// If the closure panicked, or the runtime was shut down before it started.
    ///
    /// # Panics
    /// If it is polled outside of a tokio runtime.
    pub async fn io<T, F>(&self, closure: F) -> Result<T, Failed>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let spawn = |job| drop(tokio::task::spawn_blocking(job)); // the job sends its own result
        run(&self.io, closure, spawn).await
    }

    /// Runs a closure that computes, on a thread of rayon. It may use `par_iter`.
    ///
    /// If this future is dropped before the closure has started, the closure never runs.
    ///
    /// # Errors
    /// If the closure panicked.
    pub async fn cpu<T, F>(&self, closure: F) -> Result<T, Failed>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        run(&self.cpu, closure, rayon::spawn).await
    }
}

type Job = Box<dyn FnOnce() + Send>;

async fn run<T, F>(limit: &Arc<Semaphore>, closure: F, spawn: fn(Job)) -> Result<T, Failed>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    // Before the closure is queued anywhere: a pool's own queue has no limit and cannot be left.
    let permit = Arc::clone(limit).acquire_owned().await;
    let (sender, receiver) = oneshot::channel();
    spawn(Box::new(move || {
        // Caught here because an uncaught panic in `rayon::spawn` aborts the process.
        let result = catch_unwind(AssertUnwindSafe(closure));
        drop(permit); // in the closure, so that it does not depend on the caller
        // If the caller has gone, the result is dropped here, and its destructor may panic, too.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(sender.send(result))));
    }));
    match receiver.await {
        Ok(result) => result.map_err(|panic| Failed::Panicked(message(&*panic))),
        Err(_) => Err(Failed::ShutDown), // the job was dropped, with its sender
    }
}

/// The message of a panic, which is the argument of `panic!`.
fn message(panic: &(dyn Any + Send)) -> String {
    let string = panic.downcast_ref::<String>().map(String::as_str);
    let message = string.or_else(|| panic.downcast_ref::<&str>().copied());
    message.unwrap_or("the panic has no message").to_owned()
}

/// Why a closure has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It panicked, with this message.
    Panicked(String),
    /// The runtime was shut down before it started.
    ShutDown,
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(message) => write!(formatter, "the closure panicked: {message}"),
            Self::ShutDown => formatter.write_str("the runtime was shut down"),
        }
    }
}

impl Error for Failed {}

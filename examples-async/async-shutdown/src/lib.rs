// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Stops at SIGINT or SIGTERM: tells every task, waits for them, and gives up at a deadline.
//!
//! From the project "Many Things at Once", where `cargo run -p async-shutdown` demonstrates it and
//! `docs/src/async/async-shutdown.md` explains it.
//!
//! *Notice:* a handler replaces what a signal does by default, for the rest of the process. So the
//! second Ctrl-C would be ignored, if nobody waited for it.
//!
//! *Use instead:* `tokio::signal::ctrl_c` in a `select!`, for a tool that has nothing to finish.
//!
//! # Use it
//! ```ignore
//! use async_shutdown::{stop_signal, Outcome, Shutdown};
//! use std::{io, time::Duration};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> io::Result<()> {
//!     let signal = stop_signal()?; // first, so that no signal is missed
//!     let shutdown = Shutdown::new(Duration::from_secs(10));
//!     let token = shutdown.token();
//!     shutdown.spawn(async move { token.cancelled().await; println!("cleaned up") });
//!     let example = tokio::time::timeout(Duration::from_secs(5), signal); // or press Ctrl-C
//!     match shutdown.wait(async { let _ = example.await; }).await {
//!         Outcome::Clean => Ok(()),
//!         Outcome::Left(tasks) => Err(io::Error::other(format!("{tasks} tasks are left"))),
//!     }
//! }
//! ```

use std::future::Future;
use std::io;
use std::process;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The exit code of a program that Ctrl-C has ended: 128 and the number of SIGINT.
const INTERRUPTED: i32 = 130;

/// How a shutdown has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All tasks have ended.
    Clean,
    /// So many tasks were still running when the grace was over. Dropping the runtime drops them.
    Left(usize),
}

/// Keeps track of tasks and stops them. Clones belong together: a task can spawn more with its own.
#[derive(Clone, Debug)]
pub struct Shutdown {
    token: CancellationToken,
    tasks: TaskTracker,
    grace: Duration,
}

impl Shutdown {
    /// `grace` is how long [`Shutdown::wait`] waits for the tasks after the signal. Choose less
    /// than whoever sends SIGTERM allows before SIGKILL: Docker 10 s, Kubernetes 30 s.
    #[must_use]
    pub fn new(grace: Duration) -> Shutdown {
        Shutdown {
            token: CancellationToken::new(),
            tasks: TaskTracker::new(),
            grace,
        }
    }

    /// Cancelled after the signal. A task that nobody else ends has to look at it.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// Spawns a task that the shutdown waits for.
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks.spawn(future)
    }

    /// Waits for the signal, cancels the token, and waits until all tasks have ended or the grace
    /// is over. A task that panics has ended.
    pub async fn wait(&self, signal: impl Future<Output = ()>) -> Outcome {
        signal.await;
        self.token.cancel();
        self.tasks.close(); // without this, `TaskTracker::wait` never returns
        let all_ended = timeout(self.grace, self.tasks.wait()).await;
        match self.tasks.len() {
            0 => Outcome::Clean,
            left if all_ended.is_err() => Outcome::Left(left),
            _ => Outcome::Clean, // spawned after all had ended
        }
    }
}

/// Ready at the first SIGINT (Ctrl-C) or SIGTERM. From then on, the next Ctrl-C ends the process
/// immediately, with exit code 130. The handlers are installed by this call, not by the first poll.
///
/// # Errors
/// If the system refuses a handler.
///
/// # Panics
/// Outside of a tokio runtime, or in one without `enable_io` or `enable_all`.
#[cfg(unix)]
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        // Also after SIGTERM: somebody at the terminal does not want to wait for the grace.
        tokio::spawn(async move {
            interrupt.recv().await;
            process::exit(INTERRUPTED); // runs no destructors
        });
    })
}

/// Ready at the first Ctrl-C. From then on, the next one ends the process immediately, with exit
/// code 130. The handler is installed by this call, not by the first poll.
///
/// # Errors
/// If the system refuses the handler.
///
/// # Panics
/// Outside of a tokio runtime.
#[cfg(windows)]
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        tokio::spawn(async move {
            interrupt.recv().await;
            process::exit(INTERRUPTED); // runs no destructors
        });
    })
}

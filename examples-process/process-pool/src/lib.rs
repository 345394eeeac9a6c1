//! Runs typed tasks in worker processes that may die without losing a result.
//!
//! Run it: `cargo run -p process-pool`.
//!
//! *Notice:* a worker killed in the middle costs time and no result; a task that kills every worker
//! becomes an error of its own. A worker is this same program, started again.
//!
//! *Use instead:* threads, if no task can crash and none must be stopped: they share memory, and
//! nothing is encoded or copied (`thread-fetch` shows workers over one queue).
//!
//! The page: `docs/src/processes/process-pool.md`.
//!
//! # Use it
//!
//! ```ignore-windows
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Square(u64);
//!
//! impl process_pool::Task for Square {
//!     type Output = u64;
//!     fn run(self) -> u64 { self.0 * self.0 }
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     process_pool::serve::<Square>(); // First in main: a worker stays in here.
//!     let pool = process_pool::Pool::new(2)?;
//!     let squares: Result<Vec<u64>, _> = pool.map((1..=4).map(Square)).collect();
//!     assert_eq!(squares?, [1, 4, 9, 16]);
//!     Ok(())
//! }
//! ```

// Without Unix there are no workers, and half of the pool has nothing to do.
#![cfg_attr(not(unix), allow(dead_code))]

mod frame;
#[cfg(unix)]
mod os;
mod pool;
#[cfg(unix)]
mod supervisor;
#[cfg(unix)]
mod worker;

use std::env;
use std::io;
use std::process::ExitStatus;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use pool::{Handle, Map};

/// Work for another process, and what comes back. An enum makes a pool run several kinds.
///
/// A task whose worker dies is run again, so it may run more than once, or in part.
pub trait Task: Serialize + DeserializeOwned + Send + 'static {
    /// The result, sent back to the pool.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// Does the work, in a worker process. What it prints goes where the parent's output goes;
    /// its standard input is empty.
    fn run(self) -> Self::Output;
}

/// How a pool works. `Options { timeout: …, ..Options::default() }` changes one thing.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many worker processes. Default: one for each core that this program may use.
    pub workers: usize,
    /// How long one task may run before its worker is killed and the task fails. Default: for ever.
    pub timeout: Option<Duration>,
    /// How many workers one task may kill before it fails. Default: 3.
    pub attempts: u32,
    /// How many tasks [`Pool::map`] takes from its iterator, at most, ahead of the result that it
    /// returned last. Default: 4096. It takes fewer as long as these keep the workers busy.
    pub in_flight: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            workers: thread::available_parallelism().map_or(1, usize::from),
            timeout: None,
            attempts: 3,
            in_flight: 4096,
        }
    }
}

/// Why a task has no output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaskError {
    /// The task panicked, with this message. Its worker lives on (unless the program is built
    /// with `panic = "abort"`: then a panic is a death).
    #[error("the task panicked: {0}")]
    Panicked(String),
    /// The task killed so many workers, each while it was alone with it.
    #[error("the task killed {kills} workers, the last one ended with {status}")]
    Died {
        /// How many: [`Options::attempts`].
        kills: u32,
        /// How the last one ended.
        status: ExitStatus,
    },
    /// The task ran longer than this, [`Options::timeout`]; its worker was killed.
    #[error("the task ran longer than {0:?}")]
    TimedOut(Duration),
    /// The task or its output does not encode, does not decode, or is longer than 64 MiB.
    #[error("{0}")]
    Codec(String),
    /// No worker is left and none could be started, for this reason.
    #[error("no worker can be started: {0}")]
    NoWorker(String),
    /// The pool was dropped before the task was done.
    #[error("the pool was dropped before the task was done")]
    PoolDropped,
}

/// The first argument of a worker. An environment variable would reach what a task starts, too.
const WORKER_ARGUMENT: &str = "--process-pool-worker";

/// In a worker of a pool of `T`, serves tasks and never returns; otherwise does nothing.
///
/// Call it first in `main`, once for each type of task: a worker is this program started again,
/// without its arguments, and whatever stands before this call happens in each worker, too.
pub fn serve<T: Task>() {
    #[cfg(unix)]
    if is_worker()
        && env::args_os()
            .nth(2)
            .is_some_and(|name| name == std::any::type_name::<T>())
    {
        match os::worker_socket() {
            Ok(socket) => worker::run::<T>(socket),
            Err(error) => {
                eprintln!("{WORKER_ARGUMENT} is for the pool alone: {error}");
                std::process::exit(2);
            }
        }
    }
}

fn is_worker() -> bool {
    env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == WORKER_ARGUMENT)
}

/// Worker processes that run tasks of one type.
///
/// Dropping it kills the workers, with whatever their tasks started, and waits until they are
/// gone; handles that still wait get [`TaskError::PoolDropped`]. If the program dies, by Ctrl-C or
/// even by `kill -9`, the workers end by themselves.
pub struct Pool<T: Task> {
    shared: Arc<pool::Shared<T>>,
    supervisors: Vec<JoinHandle<()>>,
}

impl<T: Task> Pool<T> {
    /// Starts a pool of so many workers, otherwise with the default [`Options`].
    ///
    /// # Errors
    /// As [`Pool::with`].
    pub fn new(workers: usize) -> io::Result<Pool<T>> {
        Pool::with(Options {
            workers,
            ..Options::default()
        })
    }

    /// Starts a pool and waits until all its workers are ready.
    ///
    /// # Errors
    /// If a number in the options is zero; if a worker cannot be started, or does not call
    /// [`serve`] for this type; inside a worker, which may not start a pool itself; and on
    /// systems other than Unix ([`io::ErrorKind::Unsupported`]).
    pub fn with(options: Options) -> io::Result<Pool<T>> {
        if options.workers == 0
            || options.attempts == 0
            || options.in_flight == 0
            || options.timeout.is_some_and(|timeout| timeout.is_zero())
        {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "workers, attempts, in_flight and timeout must be above zero",
            ));
        }
        if is_worker() {
            // Also what stops a program that forgot `serve` from starting itself for ever.
            return Err(io::Error::other(
                "this is a worker process, which may not start a pool; \
                 is serve() called first in main for this type of task?",
            ));
        }
        Pool::start(options)
    }

    #[cfg(not(unix))]
    fn start(_: Options) -> io::Result<Pool<T>> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "the process pool needs Unix: it talks to its workers by socket pairs",
        ))
    }

    #[cfg(unix)]
    fn start(options: Options) -> io::Result<Pool<T>> {
        let (shared, ears) = pool::Shared::new(options)?;
        let mut pool = Pool {
            shared: Arc::new(shared),
            supervisors: Vec::new(),
        };
        let (started, reports) = std::sync::mpsc::channel();
        for (seat, ear) in ears.into_iter().enumerate() {
            let shared = Arc::clone(&pool.shared);
            let started = started.clone();
            let supervisor = thread::Builder::new()
                .name(format!("supervisor {seat}"))
                .spawn(move || supervisor::supervise::<T>(&shared, seat, &ear, started))?;
            pool.supervisors.push(supervisor);
        }
        drop(started);
        for report in reports {
            report.map_err(io::Error::other)?; // Dropping the pool stops the others.
        }
        Ok(pool)
    }

    /// Runs all the tasks and returns the results in their order, as they come.
    ///
    /// Tasks are taken from the iterator on the caller's thread, only while results are asked
    /// for, and [`Options::in_flight`] ahead at most: an endless iterator is fine.
    pub fn map<I>(&self, tasks: I) -> Map<'_, T, I::IntoIter>
    where
        I: IntoIterator<Item = T>,
    {
        Map::new(&self.shared, tasks.into_iter())
    }

    /// Runs one task. Never blocks: the number of handles that the caller keeps is the bound.
    pub fn submit(&self, task: T) -> Handle<T> {
        Handle::submit(&self.shared, task)
    }

    /// How many workers have died or were killed so far, each of which was or will be replaced.
    pub fn workers_lost(&self) -> u64 {
        self.shared.died()
    }
}

impl<T: Task> Drop for Pool<T> {
    fn drop(&mut self) {
        self.shared.close();
        for supervisor in self.supervisors.drain(..) {
            // A supervisor does not panic; if it did, its message is printed already.
            let _ = supervisor.join();
        }
        self.shared.fail_rest(); // Only now: a supervisor may have put tasks back at the end.
    }
}

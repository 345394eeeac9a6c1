// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A pool of worker processes for typed tasks: a worker may crash or hang without losing a result.
//!
//! From the project "Many Things at Once", where `cargo run -p process-pool` demonstrates it and
//! `docs/src/processes/process-pool.md` explains it.
//!
//! *Notice:* when a worker dies, its tasks run again in another. Only a task that keeps killing
//! workers becomes an error. A worker is this same program, started again.
//!
//! *Use instead:* threads, if no task can crash and none must be stopped. Threads share memory, so
//! nothing has to be encoded (`thread-parallel-map`).
//!
//! # Use it
//! ```ignore
//! use process_pool::{Pool, Task, serve};
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Square(u64);
//! impl Task for Square {
//!     type Output = u64;
//!     fn run(self) -> u64 { self.0 * self.0 }
//! }
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     serve::<Square>(); // first in main: a worker never returns from here
//!     for square in Pool::new(2)?.map((1..=4).map(Square)) {
//!         println!("{}", square?); // 1, 4, 9, 16
//!     }
//!     Ok(())
//! }
//! ```

// Without Unix there are no workers, and half of this module is unused.
#![cfg_attr(not(unix), allow(dead_code))]

#[cfg(unix)]
mod exit;
mod frame;
#[cfg(unix)]
mod os;
mod pool;
#[cfg(unix)]
mod supervisor;
#[cfg(unix)]
mod worker;

use std::any::{TypeId, type_name};
use std::collections::hash_map::DefaultHasher;
use std::env;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::io;
use std::process::ExitStatus;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use pool::{Handle, Map};

/// Work for another process, and its result. Use an enum for a pool that runs several kinds of
/// work.
///
/// A task whose worker dies is run again, so it may run more than once, and partly.
pub trait Task: Serialize + DeserializeOwned + Send + 'static {
    /// The result, which is sent back to the pool.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// Does the work, in a worker process. What it prints appears where the parent's output
    /// appears. Its standard input is empty, and it has no terminal.
    fn run(self) -> Self::Output;
}

/// The limits of a pool. Change one with `Options { timeout: …, ..Options::default() }`.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many worker processes. Default: one for each core that this program may use.
    pub workers: usize,
    /// How long one task may run before its worker is killed and the task fails. Default: no limit.
    pub timeout: Option<Duration>,
    /// How many workers one task may kill before it fails. Default: 3.
    pub attempts: u32,
    /// How far [`Pool::map`] may read ahead: the most tasks that it has taken from its iterator
    /// without having returned their results. Default: 4096. It takes fewer while these keep the
    /// workers busy.
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
    /// The task panicked, with this message. Its worker goes on with the next task. In a program
    /// built with `panic = "abort"` a panic kills the worker instead.
    #[error("the task panicked: {0}")]
    Panicked(String),
    /// The task killed this many workers, each while it was the worker's only task.
    #[error("the task killed {kills} workers; the last one ended with {}", name_status(.status))]
    Died {
        /// How many: [`Options::attempts`].
        kills: u32,
        /// How the last one ended. `None` if something else reaped it, which is what happens when
        /// the program ignores SIGCHLD.
        status: Option<ExitStatus>,
    },
    /// The task ran longer than this, [`Options::timeout`]. Its worker was killed.
    #[error("the task ran longer than {0:?}")]
    TimedOut(Duration),
    /// The task or its output does not encode, does not decode, or is longer than 64 MiB.
    #[error("{0}")]
    Codec(String),
    /// No worker runs, and none could be started, for this reason.
    #[error("no worker can be started: {0}")]
    NoWorker(String),
    /// The pool was dropped before the task was done.
    #[error("the pool was dropped before the task was done")]
    PoolDropped,
}

fn name_status(status: &Option<ExitStatus>) -> String {
    status.map_or("an unknown status".to_owned(), |status| status.to_string())
}

/// The test that serves in a test binary.
const WORKER_TEST: &str = "process_pool_worker";
/// What the last argument of a worker begins with. An environment variable would reach the programs
/// that a task starts as well.
const WORKER_ARGUMENT: &str = "process-pool-worker=";

/// The arguments of a worker. In a test binary they select the test [`WORKER_TEST`], and the last
/// one is a second filter that matches no test. In any other program only [`serve`] reads them.
fn worker_arguments(task: &str) -> [String; 4] {
    [
        WORKER_TEST.to_owned(),
        "--nocapture".to_owned(),
        "--test-threads=1".to_owned(),
        format!("{WORKER_ARGUMENT}{task}"),
    ]
}

/// In a worker, the name of the task type that it serves.
fn served_task() -> Option<String> {
    let argument = env::args_os().nth(4)?.into_string().ok()?;
    argument.strip_prefix(WORKER_ARGUMENT).map(str::to_owned)
}

/// A name that only this type has in this program. `type_name` alone does not promise that.
fn task_name<T: Task>() -> String {
    let mut hasher = DefaultHasher::new(); // The same in each process of one program.
    TypeId::of::<T>().hash(&mut hasher);
    format!("{}#{:016x}", type_name::<T>(), hasher.finish())
}

/// In a worker of a pool of `T`, runs tasks and never returns. In any other process it does
/// nothing.
///
/// Call it first in `main`, once for each type of task: a worker is this program started again,
/// without its arguments, and everything before this call happens in each worker as well.
///
/// A test binary has no `main` of yours. Tests that start a pool need this test beside them:
///
/// ```ignore
/// #[test] fn process_pool_worker() { process_pool::serve::<Square>(); }
/// ```
pub fn serve<T: Task>() {
    #[cfg(unix)]
    if served_task().is_some_and(|name| name == task_name::<T>()) {
        match os::become_worker() {
            Ok(socket) => worker::run::<T>(socket),
            Err(error) => {
                eprintln!("the argument {WORKER_ARGUMENT}… is for the pool alone: {error}");
                std::process::exit(2);
            }
        }
    }
}

/// Worker processes that run tasks of one type.
///
/// Dropping it kills the workers and waits until they are gone. Handles that still wait get
/// [`TaskError::PoolDropped`]. If the program dies, by Ctrl-C or even by `kill -9`, the workers
/// kill themselves.
///
/// A worker is killed together with its process group. What its tasks started is in that group,
/// except programs that left it, as daemons and `setsid` do: those keep running.
pub struct Pool<T: Task> {
    shared: Arc<pool::Shared<T>>,
    supervisors: Vec<JoinHandle<()>>,
}

impl<T: Task> Pool<T> {
    /// Starts a pool with this many workers and otherwise the default [`Options`].
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
    /// - A number in the options is zero ([`io::ErrorKind::InvalidInput`]).
    /// - A worker cannot be started, or does not call [`serve`] for this type.
    /// - This process is a worker itself, which may not start a pool.
    /// - The system is not Unix ([`io::ErrorKind::Unsupported`]).
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
        if served_task().is_some() {
            // This also stops a program that forgot `serve` from starting itself again and again.
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
            "the process pool needs Unix: it communicates with its workers by socket pairs",
        ))
    }

    #[cfg(unix)]
    fn start(options: Options) -> io::Result<Pool<T>> {
        let (shared, wakeups) = pool::Shared::new(options)?;
        let mut pool = Pool {
            shared: Arc::new(shared),
            supervisors: Vec::new(),
        };
        let (started, reports) = std::sync::mpsc::channel();
        for (index, wakeup) in wakeups.into_iter().enumerate() {
            let shared = Arc::clone(&pool.shared);
            let started = started.clone();
            let supervisor = thread::Builder::new()
                .name(format!("process-pool {index}"))
                .spawn(move || supervisor::supervise::<T>(&shared, index, &wakeup, started))?;
            pool.supervisors.push(supervisor);
        }
        drop(started);
        for report in reports {
            report.map_err(io::Error::other)?; // The others end because the pool is dropped.
        }
        Ok(pool)
    }

    /// Runs all the tasks and returns an iterator over the results, in the order of the tasks.
    ///
    /// Tasks are taken from the iterator on the caller's thread, only while results are asked for,
    /// and at most [`Options::in_flight`] ahead. So the iterator may be endless.
    pub fn map<I>(&self, tasks: I) -> Map<'_, T, I::IntoIter>
    where
        I: IntoIterator<Item = T>,
    {
        Map::new(&self.shared, tasks.into_iter())
    }

    /// Queues one task and returns immediately. The queue has no limit but the number of handles
    /// that the caller keeps.
    pub fn submit(&self, task: T) -> Handle<T> {
        Handle::submit(&self.shared, task)
    }

    /// How many workers have died or were killed so far. Each was or will be replaced.
    pub fn workers_lost(&self) -> u64 {
        self.shared.died()
    }
}

impl<T: Task> fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("options", &self.shared.options)
            .field("workers_lost", &self.workers_lost())
            .finish_non_exhaustive()
    }
}

impl<T: Task> Drop for Pool<T> {
    fn drop(&mut self) {
        self.shared.close();
        for supervisor in self.supervisors.drain(..) {
            // A supervisor does not panic. If it did, its message is printed already.
            let _ = supervisor.join();
        }
        self.shared.fail_rest(); // Only now: a supervisor may have put tasks back at the end.
    }
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches many URLs at the same time in worker processes, so a page that crashes its parser costs
//! one row.
//!
//! From the project "Many Things at Once", where `cargo run -p process-fetch` demonstrates it and
//! `docs/src/processes/process-fetch.md` explains it.
//!
//! *Notice:* a worker is this same program, started again. It fetches the page and does the risky
//! work on it. If it dies or hangs there, only that page is lost, and another worker takes its
//! place.
//!
//! *Use instead:* `thread-fetch`, if nothing you do with a page can crash or hang: it needs no
//! processes and copies no page. `process-pool` for any other work, and to retry after a death.
//!
//! # Use it
//! ```ignore
//! use process_fetch::{fetch_all, serve, Limits};
//!
//! fn main() {
//!     serve(|page| page); // first in main: a worker never returns from here. Parse the page here.
//!     let urls = ["https://example.com/", "https://example.org/"];
//!     let pages = fetch_all(urls, Limits::default());
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//! }
//! ```

mod client;
mod frame;
mod process;
mod resolver;
mod transport;
mod worker;

use std::env;
use std::error::Error;
use std::fmt;
use std::io;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use ureq::http::HeaderMap;

pub use client::{Request, agent, agent_with, config};
use process::Process;
pub use worker::{serve, serve_with};

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at the same time, which is the number of processes; 0 counts as 1, and
    /// more than [`MOST_PROCESSES`] as that.
    pub concurrency: usize,
    /// Time for one request in total: name lookup, connecting, redirects, headers and body. A
    /// worker that has not answered one second later, because it hangs on the page, is killed.
    pub timeout: Duration,
    /// Bytes in the largest body that is accepted, from the server and from the worker.
    pub max_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 8,
            timeout: Duration::from_secs(10),
            max_body: 10 << 20,
        }
    }
}

/// The largest number of processes, whatever is asked for: each takes megabytes.
pub const MOST_PROCESSES: usize = 256;

/// A response with a 2xx status whose body arrived completely.
#[derive(Debug)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The final URL, after redirects.
    pub url: String,
    /// The header fields of the response.
    pub headers: HeaderMap,
    /// The complete body, or what the worker made of it.
    pub body: Vec<u8>,
}

/// Why a page did not arrive.
#[derive(Debug)]
pub enum FetchError {
    /// The server returned this response, whose status is not 2xx. Its body was not read.
    Status(Box<Page>),
    /// The body is larger than [`Limits::max_body`].
    TooLarge(usize),
    /// The page did not arrive completely within [`Limits::timeout`], or the worker hung on it.
    TimedOut,
    /// The body is encoded in a way that HTTP/1.1 does not allow here: its end cannot be found.
    Encoding(String),
    /// Not an `http` or `https` URL, here or where a redirect leads; or a bad method or header.
    Invalid(String),
    /// No connection, a broken response, an untrusted certificate, too many redirects, …
    Http(String),
    /// The worker died of this page, or while it had it.
    Died(ExitStatus),
    /// No worker could be started, or it sent something else than an answer.
    Worker(Arc<io::Error>),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(page) => write!(f, "HTTP status {}", page.status),
            Self::TooLarge(limit) => write!(f, "body larger than {limit} bytes"),
            Self::TimedOut => write!(f, "timed out"),
            Self::Encoding(name) => write!(f, "unknown transfer encoding {name:?}"),
            Self::Invalid(reason) => write!(f, "invalid request: {reason}"),
            Self::Http(reason) => write!(f, "request failed: {reason}"),
            Self::Died(status) => write!(f, "worker died, {status}"),
            Self::Worker(error) => write!(f, "worker failed: {error}"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Worker(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ureq::Error> for FetchError {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Timeout(_) => Self::TimedOut,
            ureq::Error::BodyExceedsLimit(limit) => Self::TooLarge(limit as usize),
            // An error is sent to another process as text.
            error => Self::Http(error.to_string()),
        }
    }
}

/// What became of one request.
#[derive(Debug)]
pub struct Fetched {
    /// Its position among the requests.
    pub index: usize,
    /// From its start to the end of the body, or to the error.
    pub elapsed: Duration,
    /// The page, or why there is none.
    pub result: Result<Page, FetchError>,
}

/// Sends every request and returns the results in the order of the requests. A URL alone is a
/// request, too. The agent is in the workers: see [`serve_with`].
///
/// It returns when the last worker is gone.
pub fn fetch_all<R, I>(requests: I, limits: Limits) -> Vec<Result<Page, FetchError>>
where
    R: Into<Request>,
    I: IntoIterator<Item = R>,
    I::IntoIter: Send,
{
    let mut all = Vec::new();
    fetch_each(requests, limits, |fetched| all.push(fetched));
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

/// Sends every request and passes each result to `arrived` as soon as it is there, on the calling
/// thread, so that at most [`Limits::concurrency`] bodies are in memory, and the one in `arrived`.
///
/// A request is taken from the iterator when a worker is free.
pub fn fetch_each<R, I>(requests: I, limits: Limits, arrived: impl FnMut(Fetched))
where
    R: Into<Request>,
    I: IntoIterator<Item = R>,
    I::IntoIter: Send,
{
    // An empty name cannot be started, and the rows say so.
    let this_program = || Command::new(env::current_exe().unwrap_or_default());
    fetch_each_by(this_program, requests, limits, arrived);
}

/// As [`fetch_each`], with workers that this command starts: under another user, in a sandbox, or
/// with less memory. It has to start a program that calls [`serve`]. The arguments of a worker are
/// added to it.
pub fn fetch_each_by<R, I>(
    program: impl Fn() -> Command + Sync,
    requests: I,
    limits: Limits,
    mut arrived: impl FnMut(Fetched),
) where
    R: Into<Request>,
    I: IntoIterator<Item = R>,
    I::IntoIter: Send,
{
    let requests = requests.into_iter();
    let most = requests.size_hint().1.unwrap_or(usize::MAX);
    let workers = limits.concurrency.clamp(1, MOST_PROCESSES).min(most);
    let queue = Mutex::new(requests.enumerate());
    // A channel without capacity: a page is handed over before its worker gets the next request.
    let (results, inbox) = mpsc::sync_channel(0);
    // Why there is one worker less. The first reason stays.
    let refused = OnceLock::new();
    // The scope owns the threads, and each thread its process: it ends when the last of them has
    // ended.
    thread::scope(|scope| {
        for _ in 0..workers {
            let (program, queue, refused, results) = (&program, &queue, &refused, results.clone());
            let supervisor = move || {
                if let Err(error) = supervise(program, queue, limits, results) {
                    let _ = refused.set(Arc::new(error));
                }
            };
            // If the system refuses another thread, those that it granted do all the work.
            if let Err(error) = thread::Builder::new().spawn_scoped(scope, supervisor) {
                let _ = refused.set(Arc::new(error));
                break;
            }
        }
        drop(results); // the threads have the only senders, and the last one closes the channel
        for fetched in inbox {
            arrived(fetched);
        }
    });
    // The queue is empty, unless in the end there was not a single worker.
    let Some(refused) = refused.into_inner() else {
        return;
    };
    let left = queue.into_inner().into_iter().flatten();
    for (index, _) in left {
        arrived(Fetched {
            index,
            elapsed: Duration::ZERO,
            result: Err(FetchError::Worker(Arc::clone(&refused))),
        });
    }
}

/// Supervises one worker: gives it requests from the queue until it is empty, and starts another
/// worker if this one is lost.
fn supervise<R: Into<Request>>(
    program: impl Fn() -> Command,
    queue: &Mutex<impl Iterator<Item = (usize, R)>>,
    limits: Limits,
    results: SyncSender<Fetched>,
) -> io::Result<()> {
    // Before it takes a request, which would be lost if no worker starts.
    let mut process = Process::start(program(), limits)?;
    loop {
        // The lock is released at the end of this statement. In the condition of a `while let` it
        // would be held for the whole body, and the pages would be fetched one after another.
        let next = queue.lock().map_or(None, |mut queue| queue.next());
        let Some((index, request)) = next else {
            return Ok(());
        };
        let start = Instant::now();
        let answer = process.fetch(&request.into());
        let elapsed = start.elapsed();
        let lost = answer.is_err();
        let result = answer.unwrap_or_else(Err);
        let fetched = Fetched {
            index,
            elapsed,
            result,
        };
        if results.send(fetched).is_err() {
            return Ok(()); // `arrived` panicked, and nobody receives the rest.
        }
        if lost {
            process = Process::start(program(), limits)?;
        }
    }
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches many URLs at the same time, with worker threads that share a queue, and ureq.
//!
//! From the project "Many Things at Once", where `cargo run -p thread-fetch` demonstrates it and
//! `docs/src/threads/thread-fetch.md` explains it.
//!
//! *Notice:* eight workers fetch a dozen slow pages, and each takes the next URL as soon as it is
//! free. A URL that fails costs its own row, never the rest.
//!
//! *Use instead:* `async-fetch` for thousands of requests in flight, or to cancel one half-way.
//!
//! # Use it
//! ```ignore
//! use thread_fetch::{agents, fetch_all, Limits};
//!
//! fn main() {
//!     let agents = agents(8); // one for each worker; keep them: they keep connections open
//!     let urls = ["https://example.com/", "https://example.org/"];
//!     let pages = fetch_all(&agents, urls, Limits::default());
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//! }
//! ```

mod client;
mod resolver;
mod transport;

use std::error::Error;
use std::fmt;
use std::io;
use std::iter;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::config::Config;
use ureq::http::HeaderMap;

pub use client::{Request, agent, agent_with, config};
use resolver::Names;
use transport::CheckedConnector;

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at the same time, which is the number of workers; 0 counts as 1. A worker
    /// that looks up a name has a second thread while it does.
    pub concurrency: usize,
    /// Time for one request in total: name lookup, connecting, redirects, headers and body.
    pub timeout: Duration,
    /// Bytes in the largest body that is accepted.
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

/// A response with a 2xx status whose body arrived completely.
#[derive(Debug)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The final URL, after redirects.
    pub url: String,
    /// The header fields of the response.
    pub headers: HeaderMap,
    /// The complete body.
    pub body: Vec<u8>,
}

/// Why a page did not arrive.
#[derive(Debug)]
pub enum FetchError {
    /// The server returned this response, whose status is not 2xx. Its body was not read.
    Status(Box<Page>),
    /// The body is larger than [`Limits::max_body`].
    TooLarge(usize),
    /// The page did not arrive completely within [`Limits::timeout`].
    TimedOut,
    /// The body is encoded in a way that HTTP/1.1 does not allow here: its end cannot be found.
    Encoding(String),
    /// Not an `http` or `https` URL, here or where a redirect leads; or a bad method or header.
    Invalid(String),
    /// No connection, a broken response, an untrusted certificate, too many redirects, …
    Http(ureq::Error),
    /// The system granted not a single thread.
    Thread(Arc<io::Error>),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(page) => write!(f, "HTTP status {}", page.status),
            Self::TooLarge(limit) => write!(f, "body larger than {limit} bytes"),
            Self::TimedOut => write!(f, "timed out"),
            Self::Encoding(name) => write!(f, "unknown transfer encoding {name:?}"),
            Self::Invalid(reason) => write!(f, "invalid request: {reason}"),
            Self::Http(error) => write!(f, "request failed: {error}"),
            Self::Thread(error) => write!(f, "no thread: {error}"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Http(error) => Some(error),
            Self::Thread(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ureq::Error> for FetchError {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Timeout(_) => Self::TimedOut,
            ureq::Error::BodyExceedsLimit(limit) => Self::TooLarge(limit as usize),
            error => Self::Http(error),
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

/// `count` agents with the settings of [`agent`], one for each worker; 0 counts as 1. Each keeps up
/// to two connections open.
pub fn agents(count: usize) -> Vec<Agent> {
    agents_with(count, config(2).build())
}

/// `count` agents with these settings. They share root certificates and the addresses of names, but
/// no connections: for each request, ureq locks all that an agent keeps, and goes through them.
pub fn agents_with(count: usize, config: Config) -> Vec<Agent> {
    let (connector, names) = (CheckedConnector::default(), Names::default());
    let agent = || Agent::with_parts(config.clone(), connector.clone(), names.clone());
    iter::repeat_with(agent).take(count.max(1)).collect()
}

/// Sends every request and returns the results in the order of the requests. A URL alone is a
/// request, too.
///
/// Each worker has one of the agents. If there are fewer, some share one, and all share the only
/// one of `&[agent.clone()]`.
///
/// It returns when the last worker has ended. Only a name lookup that ran out of time may run on,
/// in a thread of its own.
///
/// # Panics
/// As [`fetch_each`].
pub fn fetch_all<R, I>(
    agents: &[Agent],
    requests: I,
    limits: Limits,
) -> Vec<Result<Page, FetchError>>
where
    R: Into<Request>,
    I: IntoIterator<Item = R>,
    I::IntoIter: Send,
{
    let mut all = Vec::new();
    fetch_each(agents, requests, limits, |fetched| all.push(fetched));
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

/// Sends every request and passes each result to `arrived` as soon as it is there, on the calling
/// thread, so that at most [`Limits::concurrency`] bodies are in memory, and the one in `arrived`.
///
/// A request is taken from the iterator when a worker is free.
///
/// # Panics
/// If there is no agent.
pub fn fetch_each<R, I>(
    agents: &[Agent],
    requests: I,
    limits: Limits,
    mut arrived: impl FnMut(Fetched),
) where
    R: Into<Request>,
    I: IntoIterator<Item = R>,
    I::IntoIter: Send,
{
    assert!(!agents.is_empty(), "fetch_each needs an agent");
    let requests = requests.into_iter();
    let most = requests.size_hint().1.unwrap_or(usize::MAX);
    let workers = limits.concurrency.clamp(1, most.max(1));
    let queue = Mutex::new(requests.enumerate());
    // A channel without capacity: a worker hands over its page before it takes the next request.
    let (results, inbox) = mpsc::sync_channel(0);
    let mut refused = None;
    // The scope owns the threads: it ends when the last of them has ended.
    thread::scope(|scope| {
        for agent in agents.iter().cycle().take(workers) {
            let (queue, results) = (&queue, results.clone());
            let worker = thread::Builder::new();
            let started = worker.spawn_scoped(scope, move || work(agent, queue, limits, results));
            // If the system refuses another thread, those that it granted do all the work.
            if let Err(error) = started {
                refused = Some(Arc::new(error));
                break;
            }
        }
        drop(results); // the workers have the only senders, and the last one closes the channel
        for fetched in inbox {
            arrived(fetched);
        }
    });
    // The queue is empty, unless there was not a single worker.
    let Some(refused) = refused else { return };
    let left = queue.into_inner().into_iter().flatten();
    for (index, _) in left {
        arrived(Fetched {
            index,
            elapsed: Duration::ZERO,
            result: Err(FetchError::Thread(Arc::clone(&refused))),
        });
    }
}

/// One worker: takes requests from the queue until it is empty.
fn work<R: Into<Request>>(
    agent: &Agent,
    queue: &Mutex<impl Iterator<Item = (usize, R)>>,
    limits: Limits,
    results: SyncSender<Fetched>,
) {
    loop {
        // The lock is released at the end of this statement. In the condition of a `while let` it
        // would be held for the whole body, and the pages would be fetched one after another.
        let next = queue.lock().map_or(None, |mut queue| queue.next());
        let Some((index, request)) = next else { return };
        let start = Instant::now();
        let result = client::fetch(agent, request.into(), limits);
        let elapsed = start.elapsed();
        let fetched = Fetched {
            index,
            elapsed,
            result,
        };
        if results.send(fetched).is_err() {
            return; // `arrived` panicked, and nobody receives the rest.
        }
    }
}

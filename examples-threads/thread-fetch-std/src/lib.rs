// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches many URLs at the same time, with worker threads that share a queue, and std alone.
//!
//! From the project "Many Things at Once", where `cargo run -p thread-fetch-std` demonstrates it
//! and `docs/src/threads/thread-fetch-std.md` explains it.
//!
//! *Notice:* `http://` needs no crate at all. The timeout is for the whole request, which takes
//! more than `set_read_timeout`.
//!
//! *Use instead:* `thread-fetch` for `https://`, which std cannot do; `async-fetch` for thousands
//! of requests in flight, or to cancel one half-way.
//!
//! # Use it
//! ```ignore
//! use thread_fetch_std::{fetch_all, Client, Limits};
//!
//! fn main() {
//!     let client = Client::new(); // keep it: it keeps connections open
//!     let urls = ["http://example.com/", "http://example.org/"];
//!     let pages = fetch_all(&client, urls, Limits::default());
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//! }
//! ```

mod client;
mod connection;
pub mod http;
pub mod url;

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub use client::{Client, Request};

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
    /// The header fields of the response, the names in lower case.
    pub headers: Vec<(String, String)>,
    /// The complete body.
    pub body: Vec<u8>,
}

impl Page {
    /// The value of the first header of this name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let field = self.headers.iter().find(|(theirs, _)| theirs == name);
        field.map(|(_, value)| value.as_str())
    }
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
    /// Not an `http` URL, here or where a redirect leads; or a bad method or header.
    Invalid(io::Error),
    /// More than ten redirects.
    Redirects,
    /// No connection, or a broken response.
    Http(io::Error),
    /// The system granted not a single thread.
    Thread(Arc<io::Error>),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(page) => write!(f, "HTTP status {}", page.status),
            Self::TooLarge(limit) => write!(f, "body larger than {limit} bytes"),
            Self::TimedOut => write!(f, "timed out"),
            Self::Invalid(error) => write!(f, "invalid request: {error}"),
            Self::Redirects => write!(f, "too many redirects"),
            Self::Http(error) => write!(f, "request failed: {error}"),
            Self::Thread(error) => write!(f, "no thread: {error}"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Invalid(error) | Self::Http(error) => Some(error),
            Self::Thread(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for FetchError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A read that times out is `WouldBlock` on Unix and `TimedOut` on Windows.
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Self::TimedOut,
            _ => Self::Http(error),
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
/// request, too.
///
/// It returns when the last worker has ended. Only a name lookup that ran out of time may run on,
/// in a thread of its own.
pub fn fetch_all<R, I>(
    client: &Client,
    requests: I,
    limits: Limits,
) -> Vec<Result<Page, FetchError>>
where
    R: Into<Request>,
    I: IntoIterator<Item = R>,
    I::IntoIter: Send,
{
    let mut all = Vec::new();
    fetch_each(client, requests, limits, |fetched| all.push(fetched));
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

/// Sends every request and passes each result to `arrived` as soon as it is there, on the calling
/// thread, so that at most [`Limits::concurrency`] bodies are in memory, and the one in `arrived`.
///
/// A request is taken from the iterator when a worker is free.
pub fn fetch_each<R, I>(
    client: &Client,
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
    let workers = limits.concurrency.clamp(1, most.max(1));
    let queue = Mutex::new(requests.enumerate());
    // A channel without capacity: a worker hands over its page before it takes the next request.
    let (results, inbox) = mpsc::sync_channel(0);
    let mut refused = None;
    // The scope owns the threads: it ends when the last of them has ended.
    thread::scope(|scope| {
        for _ in 0..workers {
            let (queue, results) = (&queue, results.clone());
            let worker = thread::Builder::new();
            let started = worker.spawn_scoped(scope, move || work(client, queue, limits, results));
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
    client: &Client,
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
        let result = client.fetch(request.into(), limits);
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

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches many URLs concurrently on one thread, with a reactor built by hand: what is under
//! `await`.
//!
//! From the project "Many Things at Once", where `cargo run -p reactor` demonstrates it and
//! `docs/src/async/reactor.md` explains it.
//!
//! *Notice:* the HTTP code reads as if it blocked. `Socket::when_ready` is all that its `await`s
//! do: try, and if it would block, leave a waker and ask the system to report when.
//!
//! *Use instead:* `async-fetch` or `async-fetch-smol` in a real program: their runtimes have such a
//! reactor, and https. `event-loop` for the same loop without sockets.
//!
//! # Use it
//! ```ignore
//! use reactor::{block_on, fetch_all, Client, Limits};
//!
//! fn main() -> std::io::Result<()> {
//!     let urls = ["http://example.com/", "http://example.org/"];
//!     let pages = block_on(async |reactor| {
//!         let client = Client::new(&reactor); // keep it: it keeps connections open
//!         fetch_all(&client, urls, Limits::default()).await
//!     })?;
//!     for (url, page) in urls.iter().zip(pages) {
//!         println!("{url}: {:?}", page.map(|page| page.body.len()));
//!     }
//!     Ok(())
//! }
//! ```

mod client;
mod connection;
mod executor;
pub mod http;
mod lookup;
mod readiness;
pub mod url;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

pub use client::{Client, Request};
pub use executor::{block_on, join_all};
pub use readiness::{Reactor, Socket, Timer, after};

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at the same time; 0 counts as 1. As many connections may stay open for
    /// later requests.
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
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Invalid(error) | Self::Http(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for FetchError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The system has a limit of its own, and so has each of several addresses.
            ErrorKind::TimedOut => Self::TimedOut,
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
/// Dropping the future stops every request.
pub async fn fetch_all<R: Into<Request>>(
    client: &Client,
    requests: impl IntoIterator<Item = R>,
    limits: Limits,
) -> Vec<Result<Page, FetchError>> {
    let mut all = Vec::new();
    fetch_each(client, requests, limits, async |fetched| all.push(fetched)).await;
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

/// Sends every request and passes each result to `arrived` as soon as it is there, so that at most
/// [`Limits::concurrency`] bodies are in memory. While the future of `arrived` waits, the requests
/// in flight go on, and those that are done wait for their turn.
///
/// A request is taken from the iterator when it can start.
pub async fn fetch_each<R: Into<Request>>(
    client: &Client,
    requests: impl IntoIterator<Item = R>,
    limits: Limits,
    arrived: impl AsyncFnMut(Fetched),
) {
    // No more than one server has ports for, if the iterator does not know how many there are.
    const MOST: usize = 1 << 16;
    let requests = requests.into_iter();
    let most = requests.size_hint().1.unwrap_or(MOST);
    let workers = limits.concurrency.clamp(1, most.max(1));
    let queue = RefCell::new(requests.enumerate());
    let arrived = Turns::new(arrived);
    join_all((0..workers).map(|_| work(client, &queue, limits, &arrived))).await;
}

/// One worker: takes requests from the queue until it is empty.
async fn work<R: Into<Request>>(
    client: &Client,
    queue: &RefCell<impl Iterator<Item = (usize, R)>>,
    limits: Limits,
    arrived: &Turns<impl AsyncFnMut(Fetched)>,
) {
    loop {
        // A cell instead of a lock, because no other worker runs before the next `await`.
        let next = queue.borrow_mut().next();
        let Some((index, request)) = next else { return };
        let start = Instant::now();
        let deadline = after(limits.timeout);
        // Dropped at its deadline, wherever it is: one timer for all of it.
        let fetching = pin!(client.fetch(request.into(), limits, deadline));
        let result = client.reactor().until(deadline, fetching).await;
        let elapsed = start.elapsed();
        let fetched = Fetched {
            index,
            elapsed,
            result: result.unwrap_or(Err(FetchError::TimedOut)),
        };
        let mut callback = arrived.take().await;
        callback(fetched).await;
        arrived.put_back(callback);
    }
}

/// A value that one worker uses at a time, across its `await`s. The others wait.
struct Turns<T> {
    value: Cell<Option<T>>,
    waiting: RefCell<VecDeque<Waker>>,
}

impl<T> Turns<T> {
    fn new(value: T) -> Self {
        Self {
            value: Cell::new(Some(value)),
            waiting: RefCell::default(),
        }
    }

    async fn take(&self) -> T {
        poll_fn(|context| {
            if let Some(value) = self.value.take() {
                return Poll::Ready(value);
            }
            let waker = context.waker().clone();
            self.waiting.borrow_mut().push_back(waker);
            Poll::Pending
        })
        .await
    }

    /// Wakes the next. If another worker takes the value before it, that one will wake it again.
    fn put_back(&self, value: T) {
        self.value.set(Some(value));
        let next = self.waiting.borrow_mut().pop_front();
        if let Some(waker) = next {
            waker.wake();
        }
    }
}

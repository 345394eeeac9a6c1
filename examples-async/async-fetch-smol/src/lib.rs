// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches many URLs concurrently on one thread, with smol and hyper.
//!
//! From the project "Many Things at Once", where `cargo run -p async-fetch-smol` demonstrates it
//! and `docs/src/async/async-fetch-smol.md` explains it.
//!
//! *Notice:* the executor is a value that the call owns, so its tasks may borrow and they stop
//! with it. What reqwest does out of sight is visible here in two short files.
//!
//! *Use instead:* `async-fetch` if your program uses tokio already or needs HTTP/2, proxies or
//! request bodies; `thread-fetch` for up to a few hundred URLs, if nothing else needs async.
//!
//! # Use it
//! ```ignore
//! use async_fetch_smol::{Client, Limits, fetch_all};
//!
//! fn main() {
//!     let client = Client::new(); // keeps connections open: make one and share it
//!     let urls = ["https://example.com/", "https://example.org/"];
//!     let pages = smol::block_on(fetch_all(&client, urls, Limits::default()));
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//! }
//! ```

mod client;
mod connect;

use std::error::Error;
use std::fmt;
use std::future::{self, Future};
use std::io;
use std::time::{Duration, Instant};

use futures_rustls::rustls;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use hyper::HeaderMap;
use smol::{Executor, Timer};

pub use client::Client;

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at the same time; 0 counts as 1. As many connections again may stay open
    /// for later requests.
    pub concurrency: usize,
    /// Time for one request in total: connecting, redirects, headers and body.
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

/// One request. A URL alone becomes a GET, so a list of strings is a list of requests.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `HEAD`, …
    pub method: String,
    /// With `http://` or `https://`.
    pub url: String,
    /// Header fields beside those that the client adds: Host, Accept, User-Agent.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// A request without header fields of its own.
    pub fn new(method: &str, url: &str) -> Self {
        Self {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
        }
    }

    /// The same request with this header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl<U: AsRef<str>> From<U> for Request {
    fn from(url: U) -> Self {
        Self::new("GET", url.as_ref())
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
    /// Not an `http` or `https` URL, or a bad method or header; also where a redirect leads.
    Invalid(String),
    /// More than ten redirects.
    Redirects,
    /// No such host, no connection, an untrusted certificate, …
    Connect(io::Error),
    /// A broken response, or one that ended too early.
    Http(hyper::Error),
    /// TLS could not be set up, for instance because the system has no root certificates.
    Tls(rustls::Error),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(page) => write!(f, "HTTP status {}", page.status),
            Self::TooLarge(limit) => write!(f, "body larger than {limit} bytes"),
            Self::TimedOut => write!(f, "timed out"),
            Self::Encoding(name) => write!(f, "unknown transfer encoding {name:?}"),
            Self::Invalid(reason) => write!(f, "invalid request: {reason}"),
            Self::Redirects => write!(f, "too many redirects"),
            Self::Connect(error) => write!(f, "no connection: {}", root_cause(error)),
            Self::Http(error) => write!(f, "request failed: {}", root_cause(error)),
            Self::Tls(error) => write!(f, "no TLS client: {error}"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Connect(error) => Some(error),
            Self::Http(error) => Some(error),
            Self::Tls(error) => Some(error),
            _ => None,
        }
    }
}

/// The last error of the chain: the first may say only "connection error".
fn root_cause(error: &dyn Error) -> &dyn Error {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause
}

impl From<io::Error> for FetchError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::TimedOut,
            _ => Self::Connect(error),
        }
    }
}

impl From<hyper::Error> for FetchError {
    fn from(error: hyper::Error) -> Self {
        Self::Http(error)
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

/// Sends every request and returns the results in the order of the requests.
///
/// Dropping the future stops every request.
pub fn fetch_all<'a, I>(
    client: &'a Client,
    requests: I,
    limits: Limits,
) -> impl Future<Output = Vec<Result<Page, FetchError>>> + Send + use<'a, I>
where
    I: IntoIterator<Item: Into<Request>, IntoIter: Send>,
{
    let requests = requests.into_iter();
    async move {
        let mut all = Vec::new();
        let add = |fetched| {
            all.push(fetched);
            future::ready(())
        };
        fetch_each(client, requests, limits, add).await;
        all.sort_by_key(|fetched: &Fetched| fetched.index);
        all.into_iter().map(|fetched| fetched.result).collect()
    }
}

/// Sends every request and passes each result to `arrived` as soon as it is there, so that at most
/// [`Limits::concurrency`] bodies are in memory, and the one in `arrived`. While the future of
/// `arrived` waits, no request is started; those in flight go on.
///
/// A request is taken from the iterator when it can start.
// Not an `async fn`: the compiler could not see that its future is `Send` if `requests` borrows.
pub fn fetch_each<'a, I, A, F>(
    client: &'a Client,
    requests: I,
    limits: Limits,
    mut arrived: A,
) -> impl Future<Output = ()> + Send + use<'a, I, A, F>
where
    I: IntoIterator<Item: Into<Request>, IntoIter: Send>,
    A: FnMut(Fetched) -> F + Send,
    F: Future<Output = ()> + Send,
{
    let mut waiting = requests.into_iter().enumerate();
    async move {
        // The executor owns its tasks: if this future is dropped, they stop. They borrow the
        // client, which lives longer. `smol::spawn` would need an `Arc`, because its tasks may
        // outlive the call.
        let executor = Executor::new();
        let mut in_flight = FuturesUnordered::new();
        // An executor runs its tasks only while something awaits its `run`.
        let all = executor.run(async {
            loop {
                while in_flight.len() < limits.concurrency.max(1) {
                    let Some((index, request)) = waiting.next() else {
                        break;
                    };
                    let request = request.into();
                    in_flight.push(executor.spawn(run(client, request, index, limits)));
                }
                // A task that panicked panics here too.
                match in_flight.next().await {
                    Some(fetched) => arrived(fetched).await,
                    None => return,
                }
            }
        });
        all.await;
    }
}

async fn run(client: &Client, request: Request, index: usize, limits: Limits) -> Fetched {
    let start = Instant::now();
    // One timer races all of it, so nothing is left out: the name lookup, connecting, TLS,
    // redirects, head and body. The loser is dropped, and its connection closed.
    let deadline = async {
        Timer::after(limits.timeout).await;
        Err(FetchError::TimedOut)
    };
    let result = smol::future::or(client.send(request, limits), deadline).await;
    let elapsed = start.elapsed();
    Fetched {
        index,
        elapsed,
        result,
    }
}

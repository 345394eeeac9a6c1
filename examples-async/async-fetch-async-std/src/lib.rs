//! Fetches many URLs at once with async-std, which was discontinued in March 2025, and shows the
//! way out to smol.
//!
//! Run it: `cargo run -p async-fetch-async-std`
//!
//! *Notice:* each file is that of `async-fetch-smol` but for the lines that name the runtime, for
//! both stand on the same parts: to move to smol is to change these lines.
//!
//! *Use instead:* `async-fetch-smol`, always. Or `async-fetch`, if a library of yours needs tokio.
//!
//! The page: `docs/src/async/async-fetch-async-std.md`
//!
//! # Use it
//! ```no_run
//! use async_fetch_async_std::{Limits, fetch_all};
//!
//! fn main() {
//!     let urls = ["https://example.com/", "https://example.org/"].map(String::from);
//!     let pages = async_std::task::block_on(fetch_all(&urls, Limits::default()));
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
mod redirect;

use std::io;
use std::time::{Duration, Instant};

use async_std::task;
use futures_lite::future;
use futures_rustls::rustls;
use futures_util::stream::{FuturesUnordered, StreamExt as _};

use client::Client;

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at once; 0 counts as 1. As many connections again may be kept for later.
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

/// A page that arrived whole, with a 2xx status.
#[derive(Debug)]
pub struct Page {
    /// The HTTP status of the answer.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Why a page did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The site answered with this status, which is not 2xx.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The body is larger than [`Limits::max_body`].
    #[error("body larger than {0} bytes")]
    TooLarge(u64),
    /// The page was not there whole within [`Limits::timeout`].
    #[error("timed out")]
    TimedOut,
    /// Neither `http://` nor `https://`, no host, or a bad port; also where a redirect leads.
    #[error("not a URL to fetch: {0}")]
    Url(String),
    /// More redirects than ten.
    #[error("too many redirects")]
    Redirects,
    /// No such host, no connection, an untrusted certificate, …
    #[error("no connection")]
    Connect(#[from] io::Error),
    /// A broken answer, or one that ended too early.
    #[error("request failed")]
    Http(#[from] hyper::Error),
    /// TLS could not be set up, as when the system has no root certificates.
    #[error("no TLS client")]
    Client(#[from] rustls::Error),
}

/// How one of the URLs fared.
#[derive(Debug)]
pub struct Fetched {
    /// Its place among the URLs.
    pub index: usize,
    /// From the start of its request to the end of its body, or to the error.
    pub elapsed: Duration,
    /// The page, or why there is none.
    pub result: Result<Page, FetchError>,
}

/// Fetches every URL and returns the results in the order of the URLs.
///
/// Dropping the future stops every request.
pub async fn fetch_all(urls: &[String], limits: Limits) -> Vec<Result<Page, FetchError>> {
    let mut all = Vec::with_capacity(urls.len());
    fetch_each(urls, limits, |fetched| all.push(fetched)).await;
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

/// Fetches every URL and hands over each result as it arrives, so that no more than
/// [`Limits::concurrency`] bodies are held at once.
pub async fn fetch_each(urls: &[String], limits: Limits, mut arrived: impl FnMut(Fetched)) {
    let concurrency = limits.concurrency.max(1);
    // One client for all: it keeps connections open and uses them again.
    let client = &Client::new(concurrency);
    let mut waiting = urls.iter().enumerate();
    // No tasks: this future polls the requests itself, so they may borrow, and stop with it.
    // `task::spawn` runs on a global executor, for which all must be 'static, and what it started
    // goes on when its handle is dropped.
    let mut in_flight = FuturesUnordered::new();
    let all = async {
        loop {
            while in_flight.len() < concurrency
                && let Some((index, url)) = waiting.next()
            {
                in_flight.push(async move {
                    let start = Instant::now();
                    let result = fetch(client, url, limits).await;
                    let elapsed = start.elapsed();
                    Fetched {
                        index,
                        elapsed,
                        result,
                    }
                });
            }
            match in_flight.next().await {
                Some(fetched) => arrived(fetched),
                None => return,
            }
        }
    };
    all.await;
}

async fn fetch(client: &Client, url: &str, limits: Limits) -> Result<Page, FetchError> {
    // One timer races all of it, so nothing can be forgotten: the name lookup, connecting, TLS,
    // redirects, head and body. The loser is dropped, and its connection closed.
    let deadline = async {
        task::sleep(limits.timeout).await;
        Err(FetchError::TimedOut)
    };
    future::or(client.get(url, limits.max_body), deadline).await
}

//! Fetches many URLs at once on one thread, with tokio and reqwest.
//!
//! Run it: `cargo run -p async-fetch`
//!
//! *Notice:* one thread waits for eight slow pages at once, each the next as soon as one is done;
//! and one bad URL costs its own row, never the rest.
//!
//! *Use instead:* `thread-fetch` for up to some hundreds of URLs, if nothing else needs async.
//!
//! The page: `docs/src/async/async-fetch.md`
//!
//! # Use it
//! ```no_run
//! use async_fetch::{Limits, fetch_all};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let urls = ["https://example.com/", "https://example.org/"].map(String::from);
//!     let pages = fetch_all(&urls, Limits::default()).await;
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//! }
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{Client, redirect};
use tokio::task::JoinSet;

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at once; 0 counts as 1.
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
    /// No connection, a broken answer, an untrusted certificate, too many redirects, …
    #[error("request failed")]
    Http(#[source] reqwest::Error),
    /// The client could not be made, as when the system has no root certificates.
    #[error("no HTTP client")]
    Client(#[from] Arc<reqwest::Error>),
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Http(error.without_url())
        }
    }
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
///
/// # Panics
/// As [`fetch_each`].
pub async fn fetch_all(urls: &[String], limits: Limits) -> Vec<Result<Page, FetchError>> {
    let mut all = Vec::with_capacity(urls.len());
    fetch_each(urls, limits, |fetched| all.push(fetched)).await;
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

/// Fetches every URL and hands over each result as it arrives, so that no more than
/// [`Limits::concurrency`] bodies are held at once.
///
/// # Panics
/// If it is awaited outside a tokio runtime, or in one without IO and time: `#[tokio::main]` switches
/// both on, a `Builder` by `enable_all`.
pub async fn fetch_each(urls: &[String], limits: Limits, mut arrived: impl FnMut(Fetched)) {
    // The cryptography for https: ring builds in half the time of rustls's default. An error here
    // means that the program has made its own choice already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // One client for all: it keeps connections open and uses them again. `no_proxy`: straight to
    // the site, whatever HTTP_PROXY says; leave it out where a proxy is the only way.
    let client = Client::builder()
        .timeout(limits.timeout)
        .redirect(redirect::Policy::limited(10))
        .no_proxy()
        .build()
        .map_err(Arc::new);
    let mut waiting = urls.iter().enumerate();
    // The set owns its tasks: if this future is dropped, they stop.
    let mut in_flight = JoinSet::new();
    loop {
        while in_flight.len() < limits.concurrency.max(1)
            && let Some((index, url)) = waiting.next()
        {
            let (client, url) = (client.clone(), url.clone());
            // Lets the others start meanwhile. With thousands that connect at the same time the
            // client's pool spends more and more of its time on going through those that wait.
            tokio::task::yield_now().await;
            in_flight.spawn(async move {
                let start = Instant::now();
                let result = fetch(client, &url, limits.max_body).await;
                let elapsed = start.elapsed();
                Fetched {
                    index,
                    elapsed,
                    result,
                }
            });
        }
        match in_flight.join_next().await {
            Some(Ok(fetched)) => arrived(fetched),
            // Nobody aborts these tasks, so one that did not finish has panicked.
            Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
            None => return,
        }
    }
}

async fn fetch(
    client: Result<Client, Arc<reqwest::Error>>,
    url: &str,
    max_body: usize,
) -> Result<Page, FetchError> {
    let mut response = client?.get(url).send().await?;
    let status = response.status();
    if !status.is_success() {
        return Err(FetchError::Status(status.as_u16()));
    }
    // Counted while it arrives: what the site declares as length may be a lie.
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > max_body {
            return Err(FetchError::TooLarge(max_body as u64));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Page {
        status: status.as_u16(),
        body,
    })
}

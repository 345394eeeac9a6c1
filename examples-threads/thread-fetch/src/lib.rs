//! Fetches many URLs at once with N worker threads over one shared queue, with ureq.
//!
//! Run it: `cargo run -p thread-fetch`
//!
//! *Notice:* eight workers fetch a dozen slow pages, each the next as soon as it is free; and one
//! bad URL costs its own row, never the rest.
//!
//! *Use instead:* `async-fetch` for thousands of requests in flight, or to stop one half-way.
//!
//! The page: `docs/src/threads/thread-fetch.md`
//!
//! # Use it
//! ```no_run
//! use thread_fetch::{Limits, fetch_all};
//!
//! fn main() {
//!     let urls = ["https://example.com/", "https://example.org/"].map(String::from);
//!     let pages = fetch_all(&urls, Limits::default());
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//! }
//! ```

mod resolver;

use std::io;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;

use resolver::Names;

/// Bytes that are read or sent at most at once, and in the largest head. By default each connection
/// takes 128 KiB for either.
const BUFFER: usize = 16 << 10;

/// A year. ureq adds the timeout to the clock, and panics if the sum is beyond it.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 3600);

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at once, and so the number of workers; 0 counts as 1. While a worker looks
    /// a name up, it has a second thread.
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
    Http(#[source] ureq::Error),
    /// The system granted not a single thread.
    #[error("no thread")]
    Thread(#[source] Arc<io::Error>),
}

impl From<ureq::Error> for FetchError {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Timeout(_) => Self::TimedOut,
            ureq::Error::BodyExceedsLimit(limit) => Self::TooLarge(limit),
            error => Self::Http(error),
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
/// It returns when the last worker has ended. Only a name lookup that was given up at its deadline
/// may run on, on a thread of its own.
pub fn fetch_all(urls: &[String], limits: Limits) -> Vec<Result<Page, FetchError>> {
    let mut all = Vec::with_capacity(urls.len());
    fetch_each(urls, limits, |fetched| all.push(fetched));
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

/// Fetches every URL and hands over each result as it arrives, on the calling thread, so that no
/// more than [`Limits::concurrency`] bodies are held at once, and the one in `arrived`.
pub fn fetch_each(urls: &[String], limits: Limits, mut arrived: impl FnMut(Fetched)) {
    let queue = Mutex::new(urls.iter().enumerate());
    // No room in the channel: a worker hands its page over before it takes the next URL.
    let (results, inbox) = mpsc::sync_channel(0);
    let mut refused = None;
    // The scope owns the threads: it ends when the last of them has.
    thread::scope(|scope| {
        for _ in 0..limits.concurrency.clamp(1, urls.len().max(1)) {
            let (queue, results) = (&queue, results.clone());
            let worker = thread::Builder::new();
            let started = worker.spawn_scoped(scope, move || work(queue, limits, results));
            // If the system refuses one more thread, those that it granted do all the work.
            if let Err(error) = started {
                refused = Some(Arc::new(error));
                break;
            }
        }
        drop(results); // The last worker's copy is now the last, and closes the channel.
        for fetched in inbox {
            arrived(fetched);
        }
    });
    // Something is left in the queue only if there was not a single worker.
    let left = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (error, (index, _)) in refused.iter().cycle().zip(left) {
        let result = Err(FetchError::Thread(error.clone()));
        arrived(Fetched {
            index,
            elapsed: Duration::ZERO,
            result,
        });
    }
}

/// One worker: takes the next URL from the queue until there is none.
fn work<'a>(
    queue: &Mutex<impl Iterator<Item = (usize, &'a String)>>,
    limits: Limits,
    results: SyncSender<Fetched>,
) {
    // An agent each: it keeps its connection open and uses it again, and shares no lock with the
    // others. No proxy: straight to the site, whatever HTTP_PROXY says.
    let config = Agent::config_builder()
        .timeout_global(Some(limits.timeout.min(LONGEST_TIMEOUT)))
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .max_redirects(10)
        .http_status_as_error(false) // `fetch` names the status.
        .proxy(None)
        .tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::PlatformVerifier)
                .build(),
        )
        .build();
    let agent = Agent::with_parts(config, DefaultConnector::default(), Names::default());
    loop {
        // The lock is free again at the end of this statement. In the condition of a `while let`
        // it would be held for the whole body, and the pages would come one after another.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some((index, url)) = next else { return };
        let start = Instant::now();
        let result = fetch(&agent, url, limits.max_body);
        let elapsed = start.elapsed();
        if results
            .send(Fetched {
                index,
                elapsed,
                result,
            })
            .is_err()
        {
            return; // The receiver panicked: nobody waits for the rest.
        }
    }
}

fn fetch(agent: &Agent, url: &str, max_body: usize) -> Result<Page, FetchError> {
    let mut response = agent.get(url).call()?;
    let status = response.status();
    if !status.is_success() {
        return Err(FetchError::Status(status.as_u16()));
    }
    // Counted while it arrives: what the site declares as length may be a lie.
    let body = response
        .body_mut()
        .with_config()
        .limit(max_body as u64)
        .read_to_vec()?;
    Ok(Page {
        status: status.as_u16(),
        body,
    })
}

//! Fetches many URLs at once with N worker threads over one shared queue, with std alone.
//!
//! Run it: `cargo run -p thread-fetch-std`
//!
//! *Notice:* no crate at all is needed for `http://`; and the deadline is for the whole request,
//! which takes more than `set_read_timeout`.
//!
//! *Use instead:* `thread-fetch` for `https://`, which std cannot do; `async-fetch` for thousands of
//! requests in flight, or to stop one half-way.
//!
//! The page: `docs/src/threads/thread-fetch-std.md`
//!
//! # Use it
//! ```no_run
//! use thread_fetch_std::{Limits, fetch_all};
//!
//! fn main() {
//!     let urls = ["http://example.com/", "http://example.org/"].map(String::from);
//!     let pages = fetch_all(&urls, Limits::default());
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//! }
//! ```

mod connection;
pub mod http;
pub mod url;

use std::error::Error;
use std::fmt;
use std::io::{self, BufReader, ErrorKind};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use connection::{Connection, Deadline};
use url::Url;

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at once, and so the number of workers; 0 counts as 1.
    pub concurrency: usize,
    /// Time for one request in total: connecting, redirects, headers and body. Looking a name up
    /// counts too, but cannot be given up: the error then comes when the lookup ends.
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
#[derive(Debug)]
pub enum FetchError {
    /// The site answered with this status, which is not 2xx.
    Status(u16),
    /// The body is larger than [`Limits::max_body`].
    TooLarge(u64),
    /// The page was not there whole within [`Limits::timeout`].
    TimedOut,
    /// No connection, a broken answer, no `http://` URL, too many redirects, …
    Http(io::Error),
    /// The system granted not a single thread.
    Thread(Arc<io::Error>),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "HTTP status {status}"),
            Self::TooLarge(limit) => write!(f, "body larger than {limit} bytes"),
            Self::TimedOut => write!(f, "timed out"),
            Self::Http(_) => write!(f, "request failed"),
            Self::Thread(_) => write!(f, "no thread"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Http(error) => Some(error),
            Self::Thread(error) => Some(error),
            Self::Status(_) | Self::TooLarge(_) | Self::TimedOut => None,
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
/// It returns when the last worker has ended, so nothing runs on.
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
    // A connection each: it stays open and is used again, and no lock is shared with the others.
    let mut kept = None;
    loop {
        // The lock is free again at the end of this statement. In the condition of a `while let`
        // it would be held for the whole body, and the pages would come one after another.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some((index, url)) = next else { return };
        let start = Instant::now();
        let result = fetch(&mut kept, url, limits);
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

/// The connection of a worker's last request, and the site that it leads to.
type Kept = Option<(String, BufReader<Connection>)>;

fn fetch(kept: &mut Kept, url: &str, limits: Limits) -> Result<Page, FetchError> {
    let deadline = Deadline::after(limits.timeout);
    let mut url = Url::parse(url)?;
    for _ in 0..=10 {
        let mut stream = ask(kept, &url, deadline)?;
        let head = http::read_head(&mut stream)?;
        let status = head.status;
        let mut body = None;
        if (200..300).contains(&status) {
            // Counted while it arrives: what the site declares as length may be a lie.
            body = head.read_body(&mut stream, limits.max_body)?;
            if body.is_none() {
                return Err(FetchError::TooLarge(limits.max_body as u64));
            }
        }
        // Only where this answer ended, and nothing came behind it, can the next begin.
        let at_end = body.is_some() || head.skip_body(&mut stream);
        if at_end && head.keep_alive && stream.buffer().is_empty() {
            *kept = Some((url.authority.clone(), stream));
        }
        match (body, head.redirect) {
            (Some(body), _) => return Ok(Page { status, body }),
            (None, Some(location)) => url = url.join(&location)?,
            (None, None) => return Err(FetchError::Status(status)),
        }
    }
    Err(FetchError::Http(io::Error::other("too many redirects")))
}

/// Sends the request over the kept connection, or over a new one, and waits for an answer to begin.
fn ask(kept: &mut Kept, url: &Url, deadline: Deadline) -> io::Result<BufReader<Connection>> {
    // Taken out: only an answer that ends well puts it back.
    if let Some((authority, mut stream)) = kept.take()
        && authority == url.authority
        && stream.get_ref().is_quiet()
    {
        stream.get_mut().deadline = deadline;
        // The site may close it in this very moment. Then not a byte of an answer comes, and a GET
        // may be sent again (RFC 9110, 9.2.2): once, as the new connection is not a kept one. If
        // instead the time was up, none is left to connect.
        if http::send(&mut stream, &url.authority, &url.target).is_ok() {
            return Ok(stream);
        }
    }
    let mut stream = BufReader::new(Connection::open(&url.host, url.port, deadline)?);
    http::send(&mut stream, &url.authority, &url.target)?;
    Ok(stream)
}

//! Fetches many URLs at once on one thread, over a reactor built by hand: what is under `await`.
//!
//! Run it: `cargo run -p reactor`
//!
//! *Notice:* the HTTP code reads as if it blocked; and `Socket::when_ready` is all that its `await`s
//! come to: try, and if it would block, leave a waker and ask the system to say when.
//!
//! *Use instead:* `async-fetch` or `async-fetch-smol` in a real program: their runtimes have such a
//! reactor, and https; `event-loop` for the same loop without sockets.
//!
//! The page: `docs/src/async/reactor.md`
//!
//! # Use it
//! ```no_run
//! use reactor::{Limits, block_on, fetch_all};
//!
//! fn main() -> std::io::Result<()> {
//!     let urls = ["http://example.com/", "http://example.org/"].map(String::from);
//!     let limits = Limits::default();
//!     let pages = block_on(async |reactor| fetch_all(&reactor, &urls, limits).await)?;
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//!     Ok(())
//! }
//! ```

mod connection;
mod executor;
pub mod http;
mod lookup;
mod reactor;
pub mod url;

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::time::{Duration, Instant};

use connection::Connection;
pub use executor::{block_on, join_all};
use http::Stream as _;
use lookup::Names;
pub use reactor::{Reactor, Socket, Timer, after};
use url::Url;

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at once; 0 counts as 1.
    pub concurrency: usize,
    /// Time for one request in total: looking the name up, connecting, redirects, headers and body.
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
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "HTTP status {status}"),
            Self::TooLarge(limit) => write!(f, "body larger than {limit} bytes"),
            Self::TimedOut => write!(f, "timed out"),
            Self::Http(_) => write!(f, "request failed"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Http(error) => Some(error),
            Self::Status(_) | Self::TooLarge(_) | Self::TimedOut => None,
        }
    }
}

impl From<io::Error> for FetchError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The system has a patience of its own, and so has each of several addresses.
            ErrorKind::TimedOut => Self::TimedOut,
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
/// Dropping the future stops every request.
pub async fn fetch_all(
    reactor: &Reactor,
    urls: &[String],
    limits: Limits,
) -> Vec<Result<Page, FetchError>> {
    let mut all = Vec::with_capacity(urls.len());
    fetch_each(reactor, urls, limits, |fetched| all.push(fetched)).await;
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

/// Fetches every URL and hands over each result as it arrives, so that no more than
/// [`Limits::concurrency`] bodies are held at once.
pub async fn fetch_each(
    reactor: &Reactor,
    urls: &[String],
    limits: Limits,
    arrived: impl FnMut(Fetched),
) {
    let queue = RefCell::new(urls.iter().enumerate());
    let arrived = RefCell::new(arrived);
    let client = Client {
        reactor,
        names: Names::new(),
        limits,
    };
    let workers = limits.concurrency.clamp(1, urls.len().max(1));
    join_all((0..workers).map(|_| work(&client, &queue, &arrived))).await;
}

/// What all requests share.
struct Client<'a> {
    reactor: &'a Reactor,
    names: Names,
    limits: Limits,
}

/// One worker: takes the next URL from the queue until there is none.
async fn work<'a>(
    client: &Client<'_>,
    queue: &RefCell<impl Iterator<Item = (usize, &'a String)>>,
    arrived: &RefCell<impl FnMut(Fetched)>,
) {
    // A connection each: it stays open and is used again, and nobody has to look for it.
    let mut kept = None;
    loop {
        // A cell in place of a lock: no other worker runs before the next `await`.
        let next = queue.borrow_mut().next();
        let Some((index, url)) = next else { return };
        let start = Instant::now();
        let deadline = after(client.limits.timeout);
        // Given up at its deadline, wherever it is: one timer for all of it.
        let fetching = pin!(client.fetch(&mut kept, url, deadline));
        let result = client.reactor.until(deadline, fetching).await;
        let elapsed = start.elapsed();
        arrived.borrow_mut()(Fetched {
            index,
            elapsed,
            result: result.unwrap_or(Err(FetchError::TimedOut)),
        });
    }
}

/// The connection of a worker's last request. In a box, because it goes from hand to hand: each of
/// these hands would be as large as what it holds, in the future of each request.
type Kept = Option<Box<Connection>>;

impl Client<'_> {
    async fn fetch(
        &self,
        kept: &mut Kept,
        url: &str,
        deadline: Instant,
    ) -> Result<Page, FetchError> {
        let max_body = self.limits.max_body;
        let mut url = Url::parse(url)?;
        for _ in 0..=10 {
            let mut stream = self.ask(kept, &url, deadline).await?;
            // In boxes, here and in `ask`: what a future needs at any of its awaits it is large
            // enough for at all of them, and thousands wait at the one in `send`.
            let head = Box::pin(http::read_head(&mut *stream)).await?;
            let status = head.status;
            let mut body = None;
            if (200..300).contains(&status) {
                // Counted while it arrives: what the site declares as length may be a lie.
                body = Box::pin(head.read_body(&mut *stream, max_body)).await?;
                if body.is_none() {
                    return Err(FetchError::TooLarge(max_body as u64));
                }
            }
            // Only where this answer ended, and nothing came behind it, can the next begin.
            let at_end = body.is_some() || head.skip_body(&mut *stream);
            if at_end && head.keep_alive && stream.buffer().is_empty() {
                *kept = Some(stream);
            }
            match (body, head.redirect) {
                (Some(body), _) => return Ok(Page { status, body }),
                (None, Some(location)) => url = url.join(&location)?,
                (None, None) => return Err(FetchError::Status(status)),
            }
        }
        Err(FetchError::Http(io::Error::other("too many redirects")))
    }

    /// Sends the request over the kept connection, or over a new one, and waits for an answer to
    /// begin.
    async fn ask(
        &self,
        kept: &mut Kept,
        url: &Url,
        deadline: Instant,
    ) -> io::Result<Box<Connection>> {
        // Taken out: only an answer that ends well puts it back.
        if let Some(mut stream) = kept.take()
            && stream.authority == url.authority
            && stream.is_quiet()
        {
            // The site may close it in this very moment. Then not a byte of an answer comes, and a
            // GET may be sent again (RFC 9110, 9.2.2): once, as the new connection is not a kept one.
            if send(&mut stream, url).await.is_ok() {
                return Ok(stream);
            }
        }
        let opening = Connection::open(self.reactor, &self.names, url, deadline);
        let mut stream = Box::new(Box::pin(opening).await?);
        send(&mut stream, url).await?;
        Ok(stream)
    }
}

/// Asks for the URL and waits for the first byte of the answer.
async fn send(stream: &mut Connection, url: &Url) -> io::Result<()> {
    let request = http::request(&url.authority, &url.target);
    stream.send(request.as_bytes()).await?;
    drop(request);
    match stream.fill().await? {
        0 => Err(http::eof("closed without an answer")),
        _ => Ok(()),
    }
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches many URLs concurrently on one thread, with tokio and reqwest.
//!
//! From the project "Many Things at Once", where `cargo run -p async-fetch` demonstrates it and
//! `docs/src/async/async-fetch.md` explains it.
//!
//! *Notice:* one thread has eight requests in flight and starts the next as soon as one is done. A
//! URL that fails costs its own row, never the rest.
//!
//! *Use instead:* `thread-fetch` for up to a few hundred URLs, if nothing else needs async.
//!
//! # Use it
//! ```ignore
//! use async_fetch::{Limits, client, fetch_all};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = client()?; // or a reqwest::Client of your own
//!     let urls = ["https://example.com/", "https://example.org/"];
//!     let pages = fetch_all(urls.map(|url| client.get(url)), Limits::default()).await;
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//!     Ok(())
//! }
//! ```

use std::error::Error;
use std::fmt;
use std::future::{self, Future};
use std::mem;
use std::time::{Duration, Instant};

use reqwest::header::{CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use reqwest::{Client, ClientBuilder, Request, RequestBuilder, Response, Url, Version, redirect};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at the same time; 0 counts as 1. As many connections again may stay open
    /// for later requests.
    pub concurrency: usize,
    /// Time for one request in total: connecting, redirects, headers and body. A shorter timeout of
    /// the request itself has priority.
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
    /// The request could not be built: not an `http` or `https` URL, or a bad header.
    Invalid(reqwest::Error),
    /// No connection, a broken response, an untrusted certificate, too many redirects, …
    Http(reqwest::Error),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(page) => write!(f, "HTTP status {}", page.status),
            Self::TooLarge(limit) => write!(f, "body larger than {limit} bytes"),
            Self::TimedOut => write!(f, "timed out"),
            Self::Encoding(name) => write!(f, "unknown transfer encoding {name:?}"),
            Self::Invalid(error) => write!(f, "invalid request: {}", root_cause(error)),
            Self::Http(error) => write!(f, "request failed: {}", root_cause(error)),
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

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TimedOut
        } else if error.is_builder() {
            Self::Invalid(error.without_url())
        } else {
            Self::Http(error.without_url())
        }
    }
}

/// The last error of the chain: reqwest's own message, "error sending request", says too little.
fn root_cause(error: &dyn Error) -> &dyn Error {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause
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

/// A client for requests to many servers. It keeps connections open and uses them again, so make
/// one and share it.
///
/// # Errors
/// If TLS cannot be set up, for instance because the system has no root certificates.
pub fn client() -> reqwest::Result<Client> {
    client_builder().build()
}

/// What [`client`] is built with, for a client that differs in a detail.
pub fn client_builder() -> ClientBuilder {
    Client::builder()
        // Many servers refuse a request that does not say what sent it.
        .user_agent(concat!(
            env!("CARGO_PKG_NAME"),
            "/",
            env!("CARGO_PKG_VERSION")
        ))
        .redirect(redirect::Policy::limited(10))
        // Shared out among the addresses of a name. Without it, a first address that does not
        // answer takes all the time that the request has.
        .connect_timeout(Duration::from_secs(5))
        // Real servers send both, and a browser accepts both. hyper prepares space for all headers
        // of each response, so a larger limit would cost time.
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_max_headers(256)
}

/// Sends every request and returns the results in the order of the requests.
///
/// Dropping the future stops every request.
///
/// # Panics
/// As [`fetch_each`].
pub fn fetch_all<I>(
    requests: I,
    limits: Limits,
) -> impl Future<Output = Vec<Result<Page, FetchError>>> + Send
where
    I: IntoIterator<Item = RequestBuilder, IntoIter: Send>,
{
    let requests = requests.into_iter();
    async move {
        let mut all = Vec::new();
        let add = |fetched| {
            all.push(fetched);
            future::ready(())
        };
        fetch_each(requests, limits, add).await;
        all.sort_by_key(|fetched: &Fetched| fetched.index);
        all.into_iter().map(|fetched| fetched.result).collect()
    }
}

/// So many requests start without a pause. Before each further one, those in flight make progress:
/// if thousands connect at the same time, the client's pool spends more and more time on those that
/// wait.
const AT_ONCE: usize = 64;

/// Sends every request and passes each result to `arrived` as soon as it is there, so that at most
/// [`Limits::concurrency`] bodies are in memory, and the one in `arrived`. While the future of
/// `arrived` waits, no request is started; those in flight go on.
///
/// A request is taken from the iterator when it can start.
///
/// # Panics
/// If it is awaited outside a tokio runtime, or in one without IO and time: `#[tokio::main]`
/// enables both, a `Builder` needs `enable_all`.
// Not an `async fn`: the compiler could not see that its future is `Send` if `requests` borrows.
pub fn fetch_each<I, F>(
    requests: I,
    limits: Limits,
    mut arrived: impl FnMut(Fetched) -> F + Send,
) -> impl Future<Output = ()> + Send
where
    I: IntoIterator<Item = RequestBuilder, IntoIter: Send>,
    F: Future<Output = ()> + Send,
{
    let mut waiting = requests.into_iter().enumerate();
    async move {
        let limit = limits.concurrency.max(1);
        let mut idle: Vec<Slot> = Vec::new();
        // The set owns its tasks: if this future is dropped, they stop.
        let mut in_flight = JoinSet::new();
        loop {
            let next = if in_flight.len() < limit {
                waiting.next()
            } else {
                None
            };
            // Between two starts, one result is passed on. Otherwise the first would wait until all
            // that may be in flight have been started.
            let finished = match next {
                Some((index, request)) => {
                    if in_flight.len() >= AT_ONCE {
                        yield_now().await;
                    }
                    let (client, request) = request.build_split();
                    match request {
                        Ok(request) => {
                            let may_add = in_flight.len() + idle.len() < limit;
                            let slot = Slot::choose(&mut idle, may_add, request.url());
                            in_flight.spawn(run(client, Box::new(request), index, limits, slot));
                        }
                        Err(error) => {
                            let (elapsed, result) = (Duration::ZERO, Err(error.into()));
                            arrived(Fetched {
                                index,
                                elapsed,
                                result,
                            })
                            .await;
                        }
                    }
                    in_flight.try_join_next()
                }
                None => match in_flight.join_next().await {
                    None => return,
                    finished => finished,
                },
            };
            match finished {
                Some(Ok((fetched, slot))) => {
                    idle.push(slot);
                    arrived(fetched).await;
                }
                // Nobody aborts these tasks, so one that did not finish has panicked.
                Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                None => {}
            }
        }
    }
}

/// Each request in flight has a slot, and each slot keeps connections open to one server, or to two
/// if one redirects to the other. A request to any other server closes its connection at the end.
///
/// Without this, the open connections would follow the number of servers and not the limit: reqwest
/// keeps connections for each server separately.
struct Slot {
    /// A URL of each server. If it is empty, the slot keeps no connection any more.
    servers: Vec<Url>,
    /// Whether the connection of the present request stays open.
    keep: bool,
}

impl Slot {
    fn choose(idle: &mut Vec<Self>, may_add: bool, url: &Url) -> Self {
        if let Some(place) = idle.iter().position(|slot| slot.knows(url)) {
            let servers = idle.swap_remove(place).servers;
            Self {
                servers,
                keep: true,
            }
        } else if may_add {
            let servers = vec![url.clone()];
            Self {
                servers,
                keep: true,
            }
        } else {
            let servers = idle.pop().map_or_else(Vec::new, |slot| slot.servers);
            let keep = false;
            Self { servers, keep }
        }
    }

    fn knows(&self, url: &Url) -> bool {
        let origin = |url: &Url| (url.scheme() == "https", url.port_or_known_default());
        let is_same = |server: &Url| server.host() == url.host() && origin(server) == origin(url);
        self.servers.iter().any(is_same)
    }

    /// The response came from this URL.
    fn note(&mut self, url: &Url) {
        if self.keep && !self.knows(url) {
            self.servers.push(url.clone());
            // Redirects that lead to ever more servers: enough is kept open.
            if self.servers.len() > 2 {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        self.servers.clear();
        self.keep = false;
    }
}

async fn run(
    client: Client,
    request: Box<Request>,
    index: usize,
    limits: Limits,
    mut slot: Slot,
) -> (Fetched, Slot) {
    let start = Instant::now();
    let own = request.timeout().copied();
    let limit = own.unwrap_or(limits.timeout).min(limits.timeout);
    // Around all of it, so that repeating a request does not begin the time again.
    let page = timeout(limit, fetch(&client, request, limits.max_body, &mut slot));
    let result = page.await.unwrap_or(Err(FetchError::TimedOut));
    let elapsed = start.elapsed();
    let fetched = Fetched {
        index,
        elapsed,
        result,
    };
    (fetched, slot)
}

async fn fetch(
    client: &Client,
    request: Box<Request>,
    max_body: usize,
    slot: &mut Slot,
) -> Result<Page, FetchError> {
    let mut response = send(client, request, slot).await?;
    slot.note(response.url());
    let version = response.version();
    let mut page = Page {
        status: response.status().as_u16(),
        url: response.url().to_string(),
        headers: mem::take(response.headers_mut()),
        body: Vec::new(),
    };
    if !response.status().is_success() {
        return Err(FetchError::Status(Box::new(page)));
    }
    let length = check_encoding(&page.headers, version)?;
    // Counted while it arrives, because the length that a server declares may be wrong.
    while length.is_none_or(|length| page.body.len() < length) {
        let chunk = match response.chunk().await {
            Err(error) if is_in_trailer(&error) => break,
            chunk => chunk?,
        };
        let Some(chunk) = chunk else { break };
        if page.body.len() + chunk.len() > max_body {
            return Err(FetchError::TooLarge(max_body));
        }
        page.body.extend_from_slice(&chunk);
    }
    if length.is_some_and(|length| page.body.len() < length) {
        return Err(FetchError::Encoding("identity".into()));
    }
    page.body.truncate(length.unwrap_or(usize::MAX));
    Ok(page)
}

/// Sends the request, and up to four times again if a server closes a kept connection instead of
/// answering, or answers that it gave up on the connection. Only methods that may be repeated are
/// sent again (RFC 9110, 9.2.2).
async fn send(
    client: &Client,
    mut request: Box<Request>,
    slot: &mut Slot,
) -> reqwest::Result<Response> {
    // More than once, because the client may choose another kept connection that is closed too.
    // After a pause, it has noticed which ones are.
    for pause in [0, 20, 40, 80].map(Duration::from_millis) {
        if !slot.keep {
            let headers = request.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let Some(copy) = request.try_clone() else {
            break;
        };
        match client.execute(copy).await {
            Err(error) if request.method().is_idempotent() && may_be_closed(&error) => {}
            Ok(response) if request.method().is_idempotent() && is_about_connection(&response) => {}
            response => return response,
        }
        slot.close(); // This server does not keep connections open for long.
        sleep(pause).await;
    }
    client.execute(*request).await
}

/// Whether the server waited too long for a request on this connection, or does not serve this site
/// on it. It may serve it on another one (RFC 9110, 15.5.9 and 15.5.20).
fn is_about_connection(response: &Response) -> bool {
    matches!(response.status().as_u16(), 408 | 421)
}

/// Whether no response arrived although the server could be reached.
fn may_be_closed(error: &reqwest::Error) -> bool {
    error.is_request() && !error.is_connect() && !error.is_timeout()
}

/// Whether the body is complete, and hyper refused a header field behind it: one that goes on in
/// the next line. Nobody needs these fields (RFC 9112, 7.1.2). The text tells, because hyper has no
/// kind of error for it. Within a body nothing else has a name.
fn is_in_trailer(error: &reqwest::Error) -> bool {
    root_cause(error).to_string() == "invalid header name"
}

/// hyper returns a body whose transfer encoding it does not know as if it were not encoded. It also
/// ignores a length beside `identity`, which means "not encoded": this length is returned.
fn check_encoding(headers: &HeaderMap, version: Version) -> Result<Option<usize>, FetchError> {
    let mut names = headers.get_all(TRANSFER_ENCODING).iter();
    let (first, second) = (names.next(), names.next());
    let Some(name) = second.or(first) else {
        return Ok(None);
    };
    let name = String::from_utf8_lossy(name.as_bytes()).to_lowercase();
    match (name.as_str(), second, headers.get(CONTENT_LENGTH)) {
        ("chunked", None, _) if version == Version::HTTP_11 => Ok(None),
        ("identity", None, None) => Ok(None),
        ("identity", None, Some(length)) => match length.to_str().map(str::parse) {
            Ok(Ok(length)) => Ok(Some(length)),
            _ => Err(FetchError::Encoding(name)),
        },
        _ => Err(FetchError::Encoding(name)),
    }
}

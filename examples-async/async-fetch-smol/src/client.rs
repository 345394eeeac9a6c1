// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! An HTTP client: redirects, and connections that are kept and used again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use std::{fmt, mem};

use futures_rustls::rustls::ClientConfig;
use hyper::body::{Body as _, Incoming};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, COOKIE, HOST, LOCATION};
use hyper::header::{HeaderName, HeaderValue, PROXY_AUTHORIZATION, TRANSFER_ENCODING, USER_AGENT};
use hyper::{HeaderMap, Method, Response, StatusCode, Version};
use url::Url;

use super::connect::{Connection, Connector, Origin};
use super::{FetchError, Limits, Page, Request};

/// Says what sends the requests: the program that this file is part of.
const AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client for requests to many servers. It keeps connections open and uses them again, so make
/// one and share it.
#[derive(Default)]
pub struct Client {
    connector: Connector,
    /// Connections that wait for their next request, the longest unused first.
    idle: Mutex<VecDeque<Connection>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let idle = self.lock_idle().len();
        f.debug_struct("Client")
            .field("idle", &idle)
            .finish_non_exhaustive()
    }
}

/// A request that can be sent.
struct Checked {
    method: Method,
    url: Url,
    headers: HeaderMap,
}

/// What a response means.
enum Answer {
    Page(Page),
    /// The page is at this address, which may be relative to the URL of the request.
    Moved(u16, String),
}

impl Client {
    /// A client that trusts the certificates which the system trusts.
    pub fn new() -> Self {
        Self::default()
    }

    /// A client with TLS settings of your own.
    pub fn with_tls(config: Arc<ClientConfig>) -> Self {
        Self {
            connector: Connector::with_tls(config),
            idle: Mutex::default(),
        }
    }

    /// Sends the request, and follows at most ten redirects.
    pub(super) async fn send(&self, request: Request, limits: Limits) -> Result<Page, FetchError> {
        let now = Instant::now();
        let deadline = now.checked_add(limits.timeout);
        let mut request = Checked::new(request)?;
        for _ in 0..=10 {
            match self.ask(&request, limits, deadline).await? {
                Answer::Page(page) => return Ok(page),
                Answer::Moved(status, location) => request.follow(status, &location)?,
            }
        }
        Err(FetchError::Redirects)
    }

    async fn ask(
        &self,
        request: &Checked,
        limits: Limits,
        deadline: Option<Instant>,
    ) -> Result<Answer, FetchError> {
        let (mut connection, mut response) = self.exchange(request, deadline).await?;
        let mut page = Page {
            status: response.status().as_u16(),
            url: request.url.to_string(),
            headers: mem::take(response.headers_mut()),
            body: Vec::new(),
        };
        let location = match page.status {
            301 | 302 | 303 | 307 | 308 => page.headers.get(LOCATION),
            _ => None,
        };
        if location.is_none() && response.status().is_success() {
            let length = check_encoding(&page.headers, response.version())?;
            let body = connection.read(response.into_body(), length, limits.max_body);
            page.body = body.await?;
            if length.is_none() {
                self.keep(connection, limits).await;
            }
            return Ok(Answer::Page(page));
        }
        // A body that nobody reads is not waited for: its connection is closed.
        if response.body().is_end_stream() {
            self.keep(connection, limits).await;
        }
        match location {
            Some(location) => Ok(Answer::Moved(page.status, text(location))),
            None => Err(FetchError::Status(Box::new(page))),
        }
    }

    /// The head of the response, and the connection on which its body follows.
    async fn exchange(
        &self,
        request: &Checked,
        deadline: Option<Instant>,
    ) -> Result<(Connection, Response<Incoming>), FetchError> {
        let Checked {
            method,
            url,
            headers,
        } = request;
        let origin = Origin::of(url)?;
        // The server may close a kept connection just when it is used again. Then the request is
        // sent again on a new connection, once. Only methods that may be repeated use a kept
        // connection at all (RFC 9110, 9.2.2). If the server did answer, but made no sense, the
        // request is not repeated. It is if a head breaks off in the middle, because hyper's error
        // for that is the same as for no answer.
        let may_repeat = method.is_idempotent();
        let kept = may_repeat.then(|| self.take_idle(&origin)).flatten();
        if let Some(mut kept) = kept {
            // Bytes that came while it was idle would be taken for the response.
            if kept.is_ready().await {
                match kept.send(method, url, headers).await {
                    Err(FetchError::Http(error)) if !error.is_parse() => {}
                    Ok(response) if is_for_the_connection(response.status()) => {}
                    answer => return Ok((kept, answer?)),
                }
            }
        }
        let mut new = self.connector.connect(origin, deadline).await?;
        let response = new.send(method, url, headers).await?;
        Ok((new, response))
    }

    /// The one used last is the least likely to have been closed meanwhile.
    fn take_idle(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.lock_idle();
        let place = idle.iter().rposition(|kept| kept.origin == *origin)?;
        idle.remove(place)
    }

    /// Keeps the connection if the next request may follow, and at most as many as the limit.
    async fn keep(&self, mut connection: Connection, limits: Limits) {
        if !connection.is_ready().await {
            return;
        }
        let mut idle = self.lock_idle();
        idle.push_back(connection);
        while idle.len() > limits.concurrency.max(1) {
            idle.pop_front();
        }
    }

    /// A std mutex, never locked across an `await`.
    fn lock_idle(&self) -> MutexGuard<'_, VecDeque<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checked {
    fn new(request: Request) -> Result<Self, FetchError> {
        let invalid = |error: hyper::http::Error| FetchError::Invalid(error.to_string());
        let url = Url::parse(&request.url);
        let url = url.map_err(|error| FetchError::Invalid(error.to_string()))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let name = HeaderName::try_from(name).map_err(|error| invalid(error.into()))?;
            let value = HeaderValue::try_from(value).map_err(|error| invalid(error.into()))?;
            headers.append(name, value);
        }
        for (name, value) in [(ACCEPT, "*/*"), (USER_AGENT, AGENT)] {
            headers
                .entry(name)
                .or_insert(HeaderValue::from_static(value));
        }
        Ok(Self {
            method: Method::from_bytes(request.method.as_bytes())
                .map_err(|error| invalid(error.into()))?,
            url,
            headers,
        })
    }

    /// Becomes the request that a redirect asks for (RFC 9110, 15.4).
    fn follow(&mut self, status: u16, location: &str) -> Result<(), FetchError> {
        let new = self
            .url
            .join(location)
            .map_err(|error| FetchError::Invalid(format!("redirect to {location:?}: {error}")))?;
        let to_get = match status {
            301 | 302 => self.method == Method::POST,
            303 => self.method != Method::HEAD,
            _ => false,
        };
        if to_get {
            self.method = Method::GET;
        }
        // What is meant for one server is not sent to another.
        if new.origin() != self.url.origin() {
            for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, HOST] {
                self.headers.remove(name);
            }
        }
        self.url = new;
        Ok(())
    }
}

/// Whether the answer is about the connection and not about the page: the server waited too long
/// for a request on it, or does not serve this site on it (RFC 9110, 15.5.9 and 15.5.20).
fn is_for_the_connection(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::MISDIRECTED_REQUEST
    )
}

/// Servers send UTF-8, and sometimes bytes that are not.
fn text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let bytes = value.as_bytes().iter();
            let coded = bytes.map(|byte| match byte {
                0x21..=0x7e => char::from(*byte).to_string(),
                _ => format!("%{byte:02X}"),
            });
            coded.collect()
        }
    }
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

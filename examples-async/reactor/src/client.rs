// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! One request, its redirects included, and the connections that are kept for the next.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::time::Instant;

use super::connection::Connection;
use super::http::{self, Head, Stream};
use super::lookup::Names;
use super::readiness::Reactor;
use super::url::Url;
use super::{FetchError, Limits, Page};

const MOST_REDIRECTS: u32 = 10;

/// One thing to fetch: a URL alone, from `"http://…".into()`, or with a method and headers.
#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `GET` or `HEAD`.
    pub method: String,
    /// Begins with `http://`.
    pub url: String,
    /// Sent with the request, and on redirects. `Authorization`, `Cookie` and `Proxy-Authorization`
    /// are not sent on to another origin.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// A request without headers of its own.
    pub fn new(method: &str, url: &str) -> Self {
        Self {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
        }
    }

    /// Adds a header.
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

/// Keeps connections open and uses them again. Make one and share it, on the reactor's thread.
#[derive(Debug)]
pub struct Client {
    reactor: Reactor,
    names: Names,
    /// Connections that wait for a request. The oldest is first. In boxes, because they are passed
    /// on: each function in between would be as large as what it passes, in the future of each
    /// request.
    idle: RefCell<VecDeque<Box<Connection>>>,
}

impl Client {
    /// A client without connections.
    pub fn new(reactor: &Reactor) -> Self {
        Self {
            reactor: reactor.clone(),
            names: Names::new(),
            idle: RefCell::default(),
        }
    }

    pub(super) fn reactor(&self) -> &Reactor {
        &self.reactor
    }

    /// Fetches one page: follows redirects, and reads the body whole.
    pub(super) async fn fetch(
        &self,
        request: Request,
        limits: Limits,
        deadline: Instant,
    ) -> Result<Page, FetchError> {
        let (mut method, mut headers) = (request.method, request.headers);
        let mut url = Url::parse(&request.url).map_err(FetchError::Invalid)?;
        for _ in 0..=MOST_REDIRECTS {
            let (mut stream, mut head) = self.ask(&url, &method, &headers, deadline).await?;
            let target = head.redirect().map(|location| redirect(&url, location));
            let is_success = (200..300).contains(&head.status);
            let mut body = None;
            if is_success {
                // Counted while it arrives: the length that the server declares may be a lie.
                // In a box, as in `ask`.
                body = Box::pin(head.read_body(&mut *stream, limits.max_body)).await?;
                if body.is_none() {
                    return Err(FetchError::TooLarge(limits.max_body));
                }
            }
            // Only if this response has ended, and nothing came behind it, can the next begin.
            let at_end = body.is_some() || head.skip_body(&mut *stream);
            if at_end && head.keep_alive && stream.buffer().is_empty() {
                self.keep(stream, limits.concurrency);
            }
            let Some(target) = target else {
                let page = Page {
                    status: head.status,
                    url: url.text(),
                    headers: mem::take(&mut head.fields),
                    body: body.unwrap_or_default(),
                };
                return match is_success {
                    true => Ok(page),
                    false => Err(FetchError::Status(Box::new(page))),
                };
            };
            let target = target?;
            // As browsers do (RFC 9110, 15.4).
            let becomes_get = match head.status {
                303 => method != "HEAD",
                301 | 302 => method == "POST",
                _ => false,
            };
            if becomes_get {
                method = "GET".to_owned();
            }
            if (&target.host, target.port) != (&url.host, url.port) {
                let secrets = ["authorization", "cookie", "proxy-authorization"];
                let is_secret = |name: &str| secrets.iter().any(|s| s.eq_ignore_ascii_case(name));
                headers.retain(|(name, _)| !is_secret(name));
            }
            url = target;
        }
        Err(FetchError::Redirects)
    }

    /// Sends the request over a kept connection, or over a new one, and reads the head of the
    /// response.
    async fn ask(
        &self,
        url: &Url,
        method: &str,
        headers: &http::Fields,
        deadline: Instant,
    ) -> Result<(Box<Connection>, Head), FetchError> {
        let request = || {
            let text = http::request(method, &url.authority, &url.target, headers);
            text.map_err(FetchError::Invalid)
        };
        if let Some(mut stream) = self.take(&url.authority) {
            // The server may close it in this very moment. Then not a byte of a response arrives,
            // and a request that may be repeated is (RFC 9110, 9.2.2): once, because the new
            // connection is not a kept one.
            let sent = send(&mut stream, request()?).await;
            let may_repeat = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(&method);
            if sent.is_ok() || !may_repeat {
                sent?;
                // In boxes: what a future needs at one of its awaits, it has space for at all of
                // them, and thousands wait at the one in `send`.
                let head = Box::pin(http::read_head(&mut *stream, method)).await?;
                if !(may_repeat && head.is_for_the_connection()) {
                    return Ok((stream, head));
                }
            }
        }
        let request = request()?;
        let opening = Connection::open(&self.reactor, &self.names, url, deadline);
        let mut stream = Box::new(Box::pin(opening).await?);
        send(&mut stream, request).await?;
        let head = Box::pin(http::read_head(&mut *stream, method)).await?;
        Ok((stream, head))
    }

    /// The connection to this host that was used last.
    fn take(&self, authority: &str) -> Option<Box<Connection>> {
        let mut idle = self.idle.borrow_mut();
        let found = idle
            .iter()
            .rposition(|stream| stream.authority == authority)?;
        idle.remove(found).filter(|stream| stream.is_quiet())
    }

    /// Keeps a connection, and drops the oldest if there are more than `most` now.
    fn keep(&self, stream: Box<Connection>, most: usize) {
        let mut idle = self.idle.borrow_mut();
        idle.push_back(stream);
        let excess = idle.len().saturating_sub(most.max(1));
        idle.drain(..excess);
    }
}

/// Sends the request and waits for the first byte of the response.
async fn send(stream: &mut Connection, request: String) -> io::Result<()> {
    stream.send(request.as_bytes()).await?;
    drop(request);
    match stream.fill().await? {
        0 => Err(http::eof("closed without a response")),
        _ => Ok(()),
    }
}

fn redirect(url: &Url, location: &str) -> Result<Url, FetchError> {
    url.join(location).map_err(|error| {
        let message = format!("redirect to {location:.200}: {error}");
        FetchError::Invalid(io::Error::new(error.kind(), message))
    })
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! One request, its redirects included, and the connections that are kept for the next.

use std::collections::VecDeque;
use std::io::{self, BufReader};
use std::sync::{Mutex, PoisonError};

use super::connection::{Connection, Deadline};
use super::http::Head;
use super::url::Url;
use super::{FetchError, Limits, Page, http};

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

/// Keeps connections open and uses them again. Make one and share it.
#[derive(Debug, Default)]
pub struct Client {
    /// Connections that wait for a request, each with its host and port. The oldest is first.
    idle: Mutex<VecDeque<Idle>>,
}

type Idle = (String, BufReader<Connection>);

impl Client {
    /// A client without connections.
    pub const fn new() -> Self {
        Self {
            idle: Mutex::new(VecDeque::new()),
        }
    }

    /// Fetches one page: follows redirects, and reads the body whole.
    pub(super) fn fetch(&self, request: Request, limits: Limits) -> Result<Page, FetchError> {
        let deadline = Deadline::after(limits.timeout);
        let (mut method, mut headers) = (request.method, request.headers);
        let mut url = Url::parse(&request.url).map_err(FetchError::Invalid)?;
        for _ in 0..=MOST_REDIRECTS {
            let text = http::request(&method, &url.authority, &url.target, &headers);
            let text = text.map_err(FetchError::Invalid)?;
            let (mut stream, mut head) = self.ask(&url, &method, &text, deadline)?;
            let target = head.redirect().map(|location| redirect(&url, location));
            let is_success = (200..300).contains(&head.status);
            let mut body = None;
            if is_success {
                // Counted while it arrives: the length that the server declares may be a lie.
                body = head.read_body(&mut stream, limits.max_body)?;
                if body.is_none() {
                    return Err(FetchError::TooLarge(limits.max_body));
                }
            }
            // Only if this response has ended, and nothing came behind it, can the next begin.
            let at_end = body.is_some() || head.skip_body(&mut stream);
            if at_end && head.keep_alive && stream.buffer().is_empty() {
                self.keep(url.authority.clone(), stream, limits.concurrency);
            }
            let Some(target) = target else {
                let page = Page {
                    status: head.status,
                    url: url.text(),
                    headers: std::mem::take(&mut head.fields),
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
    fn ask(
        &self,
        url: &Url,
        method: &str,
        request: &str,
        deadline: Deadline,
    ) -> io::Result<(BufReader<Connection>, Head)> {
        if let Some(mut stream) = self.take(&url.authority) {
            stream.get_mut().deadline = deadline;
            // The server may close it in this very moment. Then not a byte of a response arrives,
            // and a request that may be repeated is (RFC 9110, 9.2.2): once, because the new
            // connection is not a kept one. If the time was up instead, none is left to connect.
            let sent = http::send(&mut stream, request);
            let may_repeat = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(&method);
            if sent.is_ok() || !may_repeat {
                sent?;
                let head = http::read_head(&mut stream, method)?;
                if !(may_repeat && head.is_for_the_connection()) {
                    return Ok((stream, head));
                }
            }
        }
        let mut stream = BufReader::new(Connection::open(&url.host, url.port, deadline)?);
        http::send(&mut stream, request)?;
        let head = http::read_head(&mut stream, method)?;
        Ok((stream, head))
    }

    /// The connection to this host that was used last.
    fn take(&self, authority: &str) -> Option<BufReader<Connection>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let found = idle.iter().rposition(|(theirs, _)| theirs == authority)?;
        let (_, stream) = idle.remove(found)?;
        drop(idle);
        stream.get_ref().is_quiet().then_some(stream)
    }

    /// Keeps a connection, and drops the oldest if there are more than `most` now.
    fn keep(&self, authority: String, stream: BufReader<Connection>, most: usize) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push_back((authority, stream));
        let excess = idle.len().saturating_sub(most.max(1));
        let _closed: Vec<_> = idle.drain(..excess).collect();
        drop(idle); // before the connections are closed
    }
}

fn redirect(url: &Url, location: &str) -> Result<Url, FetchError> {
    url.join(location).map_err(|error| {
        let message = format!("redirect to {location:.200}: {error}");
        FetchError::Invalid(io::Error::new(error.kind(), message))
    })
}

//! An HTTP client: GET, redirects, connections that are kept and used again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::body::Incoming;
use hyper::header::LOCATION;
use hyper::{Response, Uri};

use super::connect::{Connection, Connector, Origin};
use super::redirect::resolve;
use super::{FetchError, Page};

/// Shared by all the requests of one call.
pub(super) struct Client {
    connector: Connector,
    /// Connections that wait for their next request, the longest unused first.
    idle: Mutex<VecDeque<Connection>>,
    max_idle: usize,
}

/// What an answer comes to.
enum Answer {
    Page(Page),
    /// The page is at this address, which may be relative to the one that was asked.
    Moved(String),
}

impl Client {
    /// A client that keeps at most `max_idle` unused connections.
    pub(super) fn new(max_idle: usize) -> Self {
        Self {
            connector: Connector::default(),
            idle: Mutex::default(),
            max_idle,
        }
    }

    /// The page at `url`, or where at most ten redirects lead from there.
    pub(super) async fn get(&self, url: &str, max_body: usize) -> Result<Page, FetchError> {
        let mut url = parse(url)?;
        for _ in 0..=10 {
            match self.ask(&url, max_body).await? {
                Answer::Page(page) => return Ok(page),
                Answer::Moved(location) => url = parse(&resolve(&url, &location))?,
            }
        }
        Err(FetchError::Redirects)
    }

    async fn ask(&self, url: &Uri, max_body: usize) -> Result<Answer, FetchError> {
        let (mut connection, response) = self.send(url).await?;
        let status = response.status();
        // Early returns drop the connection: a body that nobody reads is still on its way there.
        if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
            && let Some(location) = response.headers().get(LOCATION)
        {
            let location = String::from_utf8_lossy(location.as_bytes());
            return Ok(Answer::Moved(location.into_owned()));
        }
        if !status.is_success() {
            return Err(FetchError::Status(status.as_u16()));
        }
        let body = connection.read(response.into_body(), max_body).await?;
        if connection.is_ready().await {
            self.keep(connection);
        }
        Ok(Answer::Page(Page {
            status: status.as_u16(),
            body,
        }))
    }

    /// The head of the answer, and the connection on which its body follows.
    async fn send(&self, url: &Uri) -> Result<(Connection, Response<Incoming>), FetchError> {
        let origin = Origin::of(url).ok_or_else(|| FetchError::Url(url.to_string()))?;
        // The site may close a kept connection just as it is used again. That is nobody's fault,
        // and a GET may be repeated: once, on a new connection. Not if the site did answer, but made
        // no sense. A head that breaks off in the middle is repeated too, as hyper's error for it is
        // the one for no answer at all.
        if let Some(mut kept) = self.take_idle(&origin) {
            match kept.send(url).await {
                Err(FetchError::Http(error)) if !error.is_parse() => {}
                answer => return Ok((kept, answer?)),
            }
        }
        let mut new = self.connector.connect(origin).await?;
        let response = new.send(url).await?;
        Ok((new, response))
    }

    /// The one used last is the least likely to have been closed meanwhile.
    fn take_idle(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.lock_idle();
        let place = idle.iter().rposition(|kept| kept.origin == *origin)?;
        idle.remove(place)
    }

    fn keep(&self, connection: Connection) {
        let mut idle = self.lock_idle();
        idle.push_back(connection);
        if idle.len() > self.max_idle {
            idle.pop_front();
        }
    }

    /// A std mutex, never held over an `await`.
    fn lock_idle(&self) -> MutexGuard<'_, VecDeque<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse(url: &str) -> Result<Uri, FetchError> {
    url.parse().map_err(|_| FetchError::Url(url.to_owned()))
}

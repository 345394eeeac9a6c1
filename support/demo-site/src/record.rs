//! What the site saw: its counts, and a record of each request.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A site that serves a benchmark for hours must not eat the machine's memory.
const MOST_RECORDS: usize = 1_000_000;

/// What a site has counted. The control pages (`/`, `/counts`, `/requests`, `/reset`), and
/// connections that asked for one of them first, are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections accepted.
    pub connections: u64,
    /// Requests whose head has arrived whole.
    pub requests: u64,
    /// Requests that wait for the last byte of their answer.
    pub in_flight: usize,
    /// The most that were in flight at one moment.
    pub most_in_flight: usize,
}

/// One request, as the site saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Path and query, as the client sent them.
    pub target: String,
    /// The number of the connection on which it came; equal numbers mean a connection reused.
    pub connection: u64,
    /// When its head had arrived whole, since the site's start.
    pub started: Duration,
    /// When the last byte of the answer was written or the client was gone, since the site's
    /// start. `None` while it is in flight.
    pub ended: Option<Duration>,
    /// The status of the answer, once there is one. Some faults never send any.
    pub status: Option<u16>,
    /// Bytes of the body sent so far, without the framing of chunks.
    pub sent: u64,
}

/// Names a request that is in flight. It must be handed to [`Records::end`].
#[derive(Debug)]
pub(crate) struct Ticket {
    generation: u64,
    index: usize,
}

/// Names a connection that was opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened {
    generation: u64,
    number: u64,
}

#[derive(Debug)]
pub(crate) struct Records {
    site_started: Instant,
    /// Goes up with each reset, so that tickets from before it do not touch the records after it.
    generation: u64,
    last_connection: u64,
    open: usize,
    counts: Counts,
    requests: Vec<Request>,
    flaky: HashMap<String, u64>,
}

/// A task that panicked while it held the lock left at worst one record unfinished.
pub(crate) fn lock(records: &Mutex<Records>) -> MutexGuard<'_, Records> {
    records.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Records {
    pub(crate) fn new() -> Records {
        Records {
            site_started: Instant::now(),
            generation: 0,
            last_connection: 0,
            open: 0,
            counts: Counts::default(),
            requests: Vec::new(),
            flaky: HashMap::new(),
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// Connections that are open now, whatever they asked for.
    pub(crate) fn open_connections(&self) -> usize {
        self.open
    }

    pub(crate) fn requests(&self) -> &[Request] {
        &self.requests
    }

    pub(crate) fn reset(&mut self) {
        self.generation += 1;
        self.requests.clear();
        self.flaky.clear();
        self.counts = Counts {
            in_flight: self.counts.in_flight,
            most_in_flight: self.counts.in_flight,
            ..Counts::default()
        };
    }

    pub(crate) fn open(&mut self) -> Opened {
        self.last_connection += 1;
        self.open += 1;
        self.counts.connections += 1;
        Opened {
            generation: self.generation,
            number: self.last_connection,
        }
    }

    /// Every connection that was opened is closed once.
    pub(crate) fn close(&mut self) {
        self.open -= 1;
    }

    /// Takes back that a connection was counted.
    pub(crate) fn discount(&mut self, opened: Opened) {
        if opened.generation == self.generation {
            self.counts.connections -= 1;
        }
    }

    pub(crate) fn begin(&mut self, opened: Opened, target: &str) -> Ticket {
        let counts = &mut self.counts;
        counts.requests += 1;
        counts.in_flight += 1;
        counts.most_in_flight = counts.most_in_flight.max(counts.in_flight);
        let index = self.requests.len();
        if index < MOST_RECORDS {
            self.requests.push(Request {
                target: target.to_owned(),
                connection: opened.number,
                started: self.site_started.elapsed(),
                ended: None,
                status: None,
                sent: 0,
            });
        }
        Ticket {
            generation: self.generation,
            index,
        }
    }

    pub(crate) fn status(&mut self, ticket: &Ticket, status: u16) {
        if let Some(request) = self.request(ticket) {
            request.status = Some(status);
        }
    }

    pub(crate) fn sent(&mut self, ticket: &Ticket, bytes: usize) {
        if let Some(request) = self.request(ticket) {
            request.sent += bytes as u64;
        }
    }

    pub(crate) fn end(&mut self, ticket: &Ticket) {
        let now = self.site_started.elapsed();
        self.counts.in_flight -= 1;
        if let Some(request) = self.request(ticket) {
            request.ended = Some(now);
        }
    }

    /// How often `/fault/flaky` was asked for this key, this time included.
    pub(crate) fn flaky(&mut self, key: &str) -> u64 {
        let times = self.flaky.entry(key.to_owned()).or_default();
        *times += 1;
        *times
    }

    /// `None` if it came before a reset, or after the last record that is kept.
    fn request(&mut self, ticket: &Ticket) -> Option<&mut Request> {
        if ticket.generation == self.generation {
            self.requests.get_mut(ticket.index)
        } else {
            None
        }
    }
}

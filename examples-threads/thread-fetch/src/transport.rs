// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Corrects what ureq makes of three kinds of answers, between its connection and its HTTP.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, ErrorKind};

use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

/// Connects as ureq does by default, and hands out [`Checked`] connections.
#[derive(Debug, Default)]
pub(super) struct CheckedConnector {
    inner: DefaultConnector,
}

impl Connector for CheckedConnector {
    type Out = Checked;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Checked>, Error> {
        let inner = self.inner.connect(details, chained)?;
        Ok(inner.map(|inner| Checked {
            inner,
            answered: Answered::NotOnce,
        }))
    }
}

/// A connection that reports how it broke off, and joins folded header lines.
#[derive(Debug)]
pub(super) struct Checked {
    inner: Box<dyn Transport>,
    answered: Answered,
}

/// What has been received on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answered {
    /// Nothing yet. The connection is new.
    NotOnce,
    /// Whole answers, and not a byte of the next one.
    Before,
    /// The first bytes of an answer whose head is incomplete.
    Head,
    /// The head of an answer, and perhaps more.
    Body,
}

/// The server closed a connection that had been kept open, without a byte of an answer. So it has
/// not begun to answer the request, which may be sent again if its method allows that.
#[derive(Debug)]
pub(super) struct ClosedWhileIdle;

impl fmt::Display for ClosedWhileIdle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server closed the connection without an answer")
    }
}

impl StdError for ClosedWhileIdle {}

impl Transport for Checked {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        // The previous answer is complete: ureq keeps no other connection.
        if self.answered == Answered::Body {
            self.answered = Answered::Before;
        }
        let sent = self.inner.transmit_output(amount, timeout);
        sent.map_err(|error| self.broken(error))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let buffers = self.inner.buffers();
        if self.answered == Answered::Head && buffers.input_append_buf().is_empty() {
            // ureq would report that the server closed the connection.
            let size = buffers.input().len();
            let message = format!("the head of the response is larger than {size} bytes");
            return Err(Error::Io(io::Error::other(message)));
        }
        let received = self.inner.await_input(timeout);
        let received = received.map_err(|error| self.broken(error))?;
        if !received && self.answered == Answered::Before {
            return Err(Error::Other(Box::new(ClosedWhileIdle)));
        }
        if received && self.answered != Answered::Body {
            let is_whole = join_folded_lines(self.inner.buffers());
            self.answered = if is_whole {
                Answered::Body
            } else {
                Answered::Head
            };
        }
        Ok(received)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl Checked {
    /// ureq takes these kinds of error for the end of a body without a declared length, although
    /// the body may be cut off anywhere. Under another kind they stay errors. One of them is an
    /// https connection that ends without `close_notify`, as anyone on the way can make it end.
    fn broken(&self, error: Error) -> Error {
        let Error::Io(error) = error else {
            return error;
        };
        let is_closed = matches!(
            error.kind(),
            ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
        );
        match self.answered {
            _ if !is_closed => Error::Io(error),
            Answered::Before => Error::Other(Box::new(ClosedWhileIdle)),
            _ => Error::Io(io::Error::other(format!("the connection broke: {error}"))),
        }
    }
}

/// Joins each header line that was folded, by spaces (RFC 9112, 5.2: a client must). ureq refuses
/// such a line. Returns whether the head is complete: not a 1xx response, which another follows.
fn join_folded_lines(buffers: &mut dyn Buffers) -> bool {
    let input = buffers.input();
    let mut folds = Vec::new();
    let mut is_complete = false;
    let mut head = 0; // where the head begins that is looked at
    for (at, _) in input.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        match input[at + 1..] {
            [b' ' | b'\t', ..] if at > head => folds.push(at),
            [b'\n', ..] | [b'\r', b'\n', ..] if at > head => {
                if !is_informational(&input[head..]) {
                    is_complete = true;
                    break;
                }
                head = at + if input[at + 1] == b'\n' { 2 } else { 3 };
            }
            _ => {}
        }
    }
    if !folds.is_empty() {
        let mut joined = input.to_vec();
        for at in folds {
            joined[at] = b' ';
            if joined[at - 1] == b'\r' {
                joined[at - 1] = b' ';
            }
        }
        buffers.input_consume(joined.len());
        // As many bytes as were there, so there is space for them.
        buffers.input_append_buf()[..joined.len()].copy_from_slice(&joined);
        buffers.input_appended(joined.len());
    }
    is_complete
}

fn is_informational(head: &[u8]) -> bool {
    head.starts_with(b"HTTP/1.1 1") || head.starts_with(b"HTTP/1.0 1")
}

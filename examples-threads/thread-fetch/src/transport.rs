// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Corrects what ureq makes of some kinds of answers, between its connection and its HTTP.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use ureq::Error;
use ureq::http::Method;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

/// Connects as ureq does by default, and hands out [`Checked`] connections.
#[derive(Clone, Debug, Default)]
pub(super) struct CheckedConnector {
    /// Shared by the clones, because it reads the root certificates.
    inner: Arc<DefaultConnector>,
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
            is_kept: false,
            request: None,
            interim: 0,
            chunks: None,
        }))
    }
}

/// A connection that reports how it broke off, joins folded header lines, leaves out 1xx responses,
/// and checks chunk sizes.
#[derive(Debug)]
pub(super) struct Checked {
    inner: Box<dyn Transport>,
    answered: Answered,
    /// Whether it was kept open after an earlier answer.
    is_kept: bool,
    /// Known as soon as a request is sent.
    request: Option<Sent>,
    /// Bytes of 1xx responses before this answer.
    interim: usize,
    /// If the body of this answer comes in chunks: where it is in them.
    chunks: Option<Chunks>,
}

/// What has to be known of the request.
#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    may_repeat: bool,
    is_head: bool,
}

impl Sent {
    fn new(request: &[u8]) -> Self {
        let method = request.split(|byte| *byte == b' ').next();
        let method = method.and_then(|method| Method::from_bytes(method).ok());
        Self {
            may_repeat: method.as_ref().is_some_and(Method::is_idempotent),
            is_head: method == Some(Method::HEAD),
        }
    }
}

/// Bytes of all 1xx responses before an answer.
const MOST_INTERIM: usize = 64 << 10;

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
            self.is_kept = true;
            self.request = None;
            self.interim = 0;
            self.chunks = None;
        }
        // A long request goes out in pieces, and its method is in the first.
        if self.request.is_none() {
            self.request = Some(Sent::new(&self.inner.buffers().output()[..amount]));
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
        let before = self.inner.buffers().input().len();
        let received = self.inner.await_input(timeout);
        let received = received.map_err(|error| self.broken(error))?;
        if !received && self.answered == Answered::Before {
            return Err(Error::Other(Box::new(ClosedWhileIdle)));
        }
        if !received {
            return Ok(false);
        }
        if self.answered == Answered::Body {
            self.check_chunks(before)?;
        } else if let Some(head) = tidy_head(self.inner.buffers(), &mut self.interim) {
            self.answered = Answered::Body;
            self.start_body(head)?;
        } else if self.interim > MOST_INTERIM {
            let message = "the head of the response has too many 1xx responses before it";
            return Err(Error::Io(io::Error::other(message)));
        } else {
            self.answered = Answered::Head;
        }
        Ok(true)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl Checked {
    /// The head of the answer is complete, and of this length.
    fn start_body(&mut self, head: usize) -> Result<(), Error> {
        let input = &self.inner.buffers().input()[..head];
        let status = input.get(9..12).unwrap_or_default();
        // The server gave up on the connection, perhaps before it saw the request (RFC 9110,
        // 15.5.9 and 15.5.20).
        let request = self.request.unwrap_or_default();
        if self.is_kept && request.may_repeat && matches!(status, b"408" | b"421") {
            return Err(Error::Other(Box::new(ClosedWhileIdle)));
        }
        // Nobody reads the body of any other status.
        let has_body = status.starts_with(b"2") && status != b"204" && !request.is_head;
        if has_body && is_chunked(input) {
            self.chunks = Some(Chunks::Size(0, 0));
            self.check_chunks(head)?;
        }
        Ok(())
    }

    /// Checks the chunks in what has arrived, from this place.
    fn check_chunks(&mut self, from: usize) -> Result<(), Error> {
        let Some(chunks) = &mut self.chunks else {
            return Ok(());
        };
        let buffers = self.inner.buffers();
        let input = buffers.input();
        let kept = chunks.pass(&input[from..]);
        let kept = kept.map_err(|what| Error::Io(io::Error::other(what)))?;
        if let Some(kept) = kept {
            let input = [&input[..from], &kept].concat();
            replace_input(buffers, &input);
        }
        Ok(())
    }

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

/// Joins each header line that was folded, by spaces (RFC 9112, 5.2: a client must). Leaves out 1xx
/// responses: ureq refuses those with header fields, and a client must accept them (RFC 9110,
/// 15.2). Returns the length of the head of the answer if it is complete.
fn tidy_head(buffers: &mut dyn Buffers, interim: &mut usize) -> Option<usize> {
    let input = buffers.input();
    let mut folds = Vec::new();
    let mut head = 0; // where the head begins that is looked at
    let mut end = None;
    for (at, _) in input.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        let next = match input[at + 1..] {
            [b' ' | b'\t', ..] if at > head => {
                folds.push(at);
                continue;
            }
            [b'\n', ..] if at > head => at + 2,
            [b'\r', b'\n', ..] if at > head => at + 3,
            _ => continue,
        };
        if !is_interim(&input[head..]) {
            end = Some(next);
            break;
        }
        head = next;
    }
    if head > 0 || !folds.is_empty() {
        let mut joined = input.to_vec();
        for at in folds {
            joined[at] = b' ';
            if joined[at - 1] == b'\r' {
                joined[at - 1] = b' ';
            }
        }
        replace_input(buffers, &joined[head..]);
        *interim += head;
    }
    end.map(|end| end - head)
}

/// As many bytes as were there, or fewer, so there is space for them.
fn replace_input(buffers: &mut dyn Buffers, bytes: &[u8]) {
    buffers.input_consume(buffers.input().len());
    buffers.input_append_buf()[..bytes.len()].copy_from_slice(bytes);
    buffers.input_appended(bytes.len());
}

/// Not `101`, after which another protocol follows.
fn is_interim(head: &[u8]) -> bool {
    let is_1xx = head.starts_with(b"HTTP/1.1 1") || head.starts_with(b"HTTP/1.0 1");
    is_1xx && head.get(9..12) != Some(b"101")
}

fn is_chunked(head: &[u8]) -> bool {
    head.split(|byte| *byte == b'\n').any(|line| {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default();
        name.eq_ignore_ascii_case(b"transfer-encoding")
            && value.trim_ascii().eq_ignore_ascii_case(b"chunked")
    })
}

/// Bytes in a line with the size of a chunk.
const MOST_SIZE_LINE: usize = 4 << 10;

/// Where a body is in its chunks (RFC 9112, 7.1). ureq accepts a sign and blanks before a size, and
/// a line end inside an extension. Two readers who disagree where a chunk ends disagree where the
/// answer ends. ureq also refuses long extensions, so all are left out.
#[derive(Debug)]
enum Chunks {
    /// Within the digits: the size so far, and bytes of the line.
    Size(u64, usize),
    /// Behind the digits: the size, whether an extension has begun, and bytes of the line.
    Extension(u64, bool, usize),
    /// At the LF of the line.
    SizeEnd(u64),
    /// So many bytes are left.
    Data(u64),
    /// At the CR behind the data.
    DataCr,
    /// At the LF behind the data.
    DataLf,
    /// Behind the last size, where ureq is strict enough.
    Trailers,
}

impl Chunks {
    /// Checks the bytes that follow, and returns what is left of them if something is left out.
    fn pass(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, &'static str> {
        let mut kept: Option<Vec<u8>> = None;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let mut is_kept = true;
            let mut next = at + 1;
            *self = match *self {
                Self::Size(_, MOST_SIZE_LINE..) | Self::Extension(_, _, MOST_SIZE_LINE..) => {
                    return Err("a chunk size line that is too long");
                }
                Self::Size(size, length) => match (char::from(byte).to_digit(16), byte) {
                    (Some(_), _) if size >> 60 > 0 => return Err("a chunk size that is too large"),
                    (Some(digit), _) => Self::Size(size << 4 | u64::from(digit), length + 1),
                    (None, b'\r') if length > 0 => Self::SizeEnd(size),
                    (None, b' ' | b'\t' | b';') if length > 0 => {
                        is_kept = false;
                        Self::Extension(size, byte == b';', length + 1)
                    }
                    _ => return Err("a chunk size that is not a number"),
                },
                Self::Extension(size, has_begun, length) => match byte {
                    b'\r' => Self::SizeEnd(size),
                    b' ' | b'\t' | b';' => {
                        is_kept = false;
                        Self::Extension(size, has_begun || byte == b';', length + 1)
                    }
                    _ if has_begun && !byte.is_ascii_control() => {
                        is_kept = false;
                        Self::Extension(size, true, length + 1)
                    }
                    _ => return Err("a chunk size that is not a number"),
                },
                Self::SizeEnd(size) => match (byte, size) {
                    (b'\n', 0) => Self::Trailers,
                    (b'\n', _) => Self::Data(size),
                    _ => return Err("a chunk size line that ends without LF"),
                },
                Self::Data(left) => {
                    let here = left.min((bytes.len() - at) as u64);
                    next = at + here as usize;
                    match left - here {
                        0 => Self::DataCr,
                        left => Self::Data(left),
                    }
                }
                Self::DataCr if byte == b'\r' => Self::DataLf,
                Self::DataLf if byte == b'\n' => Self::Size(0, 0),
                Self::DataCr | Self::DataLf => return Err("a chunk longer than its size"),
                Self::Trailers => {
                    next = bytes.len();
                    Self::Trailers
                }
            };
            match &mut kept {
                Some(kept) if is_kept => kept.extend_from_slice(&bytes[at..next]),
                Some(_) => {}
                None if is_kept => {}
                None => kept = Some(bytes[..at].to_vec()),
            }
            at = next;
        }
        Ok(kept)
    }
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Frames: what travels between the pool and a worker. Pure bytes in and out, no socket.
//!
//! A frame is the body's length (4 bytes, little-endian), its kind (1 byte), the number of the
//! task that it is about (4 bytes, little-endian), then the body. Answers arrive in the order of
//! the tasks. Their numbers prove it: without them, a second answer to one task would be taken for
//! the answer to the next.

use std::io::{self, Read};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest body in bytes, either way. A length above it is refused before anything is
/// allocated for it, so garbage cannot ask for 4 GiB.
pub(super) const LIMIT: usize = 64 << 20;

const HEADER: usize = 9;

/// How much one read asks for: several hundred small frames at a time.
const CHUNK: usize = 64 << 10;

/// What the body of a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Worker: it serves this program's tasks. The first frame; no body.
    Ready = 1,
    /// Pool: a task.
    Task,
    /// Pool: send what is done and give back what has not begun. The number is that of the next
    /// task; no body.
    Nudge,
    /// Worker: the output of this task.
    Output,
    /// Worker: this task panicked. The body is the message.
    Panicked,
    /// Worker: this task, or its output, cannot be decoded or encoded. The body is the message.
    Refused,
    /// Worker: the answer to a nudge. This task and all after it have not begun; no body.
    Returned,
}

/// One whole frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) kind: Kind,
    pub(super) number: u32,
    pub(super) body: &'a [u8],
}

/// Why bytes are not a frame, or a value is not the body of one.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrameError {
    #[error("{0} bytes, above the limit of {LIMIT}")]
    TooLong(usize),
    #[error("unknown kind of frame: {0}")]
    UnknownKind(u8),
    #[error("{0} bytes left over")]
    LeftOver(usize),
    #[error(transparent)]
    Postcard(#[from] postcard::Error),
}

/// Appends a frame with these bytes as its body.
pub(super) fn put(kind: Kind, number: u32, body: &[u8], out: &mut Vec<u8>) {
    let body = &body[..body.len().min(LIMIT)];
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.push(kind as u8);
    out.extend_from_slice(&number.to_le_bytes());
    out.extend_from_slice(body);
}

/// Appends a frame with this value as its body; on an error `out` stays as it was.
pub(super) fn put_value(
    kind: Kind,
    number: u32,
    value: &impl Serialize,
    out: &mut Vec<u8>,
) -> Result<(), FrameError> {
    let start = out.len();
    put(kind, number, &[], out);
    let written = postcard::to_io(value, &mut *out).map(|_| ());
    let length = out.len() - start - HEADER;
    let result = match written {
        Err(error) => Err(error.into()),
        Ok(()) if length > LIMIT => Err(FrameError::TooLong(length)),
        Ok(()) => Ok(()),
    };
    match result {
        Ok(()) => out[start..start + 4].copy_from_slice(&(length as u32).to_le_bytes()),
        Err(_) => out.truncate(start),
    }
    result
}

/// The value in a body, which must be all of the body.
pub(super) fn value<T: DeserializeOwned>(body: &[u8]) -> Result<T, FrameError> {
    match postcard::take_from_bytes(body)? {
        (value, []) => Ok(value),
        (_, rest) => Err(FrameError::LeftOver(rest.len())),
    }
}

/// Cuts a stream of bytes into frames. It stores what has arrived and allocates for nothing else.
#[derive(Default)]
pub(super) struct Decoder {
    buffer: Vec<u8>,
    /// The bytes that have arrived and are in no frame yet: `buffer[start..end]`.
    start: usize,
    end: usize,
}

impl Decoder {
    /// Reads once from the source. Like [`Read::read`] it returns 0 at the end of the stream.
    pub(super) fn read_from(&mut self, mut source: impl Read) -> io::Result<usize> {
        if self.start > 0 {
            // Not while one large frame arrives: that would move all of it for every read.
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == 0 && self.buffer.len() > 16 * CHUNK {
            self.buffer = Vec::new(); // Do not keep the memory of one huge frame.
        }
        if self.buffer.len() < self.end + CHUNK {
            self.buffer.resize(self.end + CHUNK, 0);
        }
        let read = source.read(&mut self.buffer[self.end..])?;
        self.end += read;
        Ok(read)
    }

    /// Whether part of a frame has arrived.
    pub(super) fn has_part(&self) -> bool {
        self.start < self.end
    }

    /// The next whole frame; `None` if it has not arrived whole. After an error nothing in the
    /// stream can be trusted, and it must be closed.
    pub(super) fn next(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let arrived = &self.buffer[self.start..self.end];
        let Some((header, rest)) = arrived.split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let [a, b, c, d, kind, number @ ..] = *header;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        if length > LIMIT {
            return Err(FrameError::TooLong(length));
        }
        let kind = Kind::try_from(kind)?;
        if rest.len() < length {
            return Ok(None);
        }
        self.start += HEADER + length;
        let body = &rest[..length];
        Ok(Some(Frame {
            kind,
            number: u32::from_le_bytes(number),
            body,
        }))
    }
}

impl TryFrom<u8> for Kind {
    type Error = FrameError;

    fn try_from(byte: u8) -> Result<Kind, FrameError> {
        use Kind::{Nudge, Output, Panicked, Ready, Refused, Returned, Task};
        [Ready, Task, Nudge, Output, Panicked, Refused, Returned]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
            .ok_or(FrameError::UnknownKind(byte))
    }
}

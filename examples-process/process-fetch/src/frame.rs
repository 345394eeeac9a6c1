// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What is sent through the pipes. A frame is its length (8 bytes, little-endian), then its parts,
//! each with its length (4 bytes), then a length that no part has, and then the body of a page.

use std::io::{self, Read, Write};
use std::str::FromStr;

use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use super::{FetchError, Page, Request};

/// What a worker writes first. Before it, its program may have printed something: a test binary
/// does.
pub(super) const READY: &[u8] = b"\0process-fetch: ready\n";

/// Bytes that a program may print before [`READY`].
const MOST_PRINTED: usize = 64 << 10;

/// The longest frame, apart from the body.
pub(super) const SHORT: usize = 256 << 10;

const BODY: u32 = u32::MAX;

/// Reads up to [`READY`], byte by byte, so that nothing behind it is lost.
pub(super) fn wait_until_ready(mut from: impl Read) -> io::Result<()> {
    let mut printed = Vec::new();
    while !printed.ends_with(READY) {
        let mut byte = [0];
        from.read_exact(&mut byte)?;
        printed.push(byte[0]);
        if printed.len() > MOST_PRINTED {
            return Err(invalid("it prints something else"));
        }
    }
    Ok(())
}

/// Writes one frame.
pub(super) fn send(parts: &[&[u8]], body: &[u8], mut to: impl Write) -> io::Result<()> {
    // The length is written together with the head: a frame is one system call, a body one more.
    let mut head = vec![0; size_of::<u64>()];
    for part in parts {
        head.extend_from_slice(&(part.len() as u32).to_le_bytes());
        head.extend_from_slice(part);
    }
    head.extend_from_slice(&BODY.to_le_bytes());
    let length = head.len() - size_of::<u64>() + body.len();
    head[..size_of::<u64>()].copy_from_slice(&(length as u64).to_le_bytes());
    to.write_all(&head)?;
    to.write_all(body)?;
    to.flush()
}

/// Reads one frame of at most `most` bytes. A longer one is refused before memory is reserved for
/// it, so no worker can fill the program's memory.
pub(super) fn receive(most: usize, mut from: impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > most as u64 {
        return Err(invalid(&format!("a frame of {length} bytes")));
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The parts of a frame, and its body.
fn split(mut frame: &[u8]) -> io::Result<(Vec<&[u8]>, &[u8])> {
    let mut parts = Vec::new();
    loop {
        let (length, rest) = frame
            .split_first_chunk()
            .ok_or_else(|| invalid("a frame without an end"))?;
        let length = u32::from_le_bytes(*length);
        if length == BODY {
            return Ok((parts, rest));
        }
        let (part, rest) = rest
            .split_at_checked(length as usize)
            .ok_or_else(|| invalid("a part longer than its frame"))?;
        parts.push(part);
        frame = rest;
    }
}

/// Writes a request, for a worker.
pub(super) fn send_request(request: &Request, to: impl Write) -> io::Result<()> {
    let mut parts = vec![request.method.as_bytes(), request.url.as_bytes()];
    for (name, value) in &request.headers {
        parts.extend([name.as_bytes(), value.as_bytes()]);
    }
    send(&parts, &[], to)
}

/// The request in a frame.
pub(super) fn read_request(frame: &[u8]) -> io::Result<Request> {
    let mut parts = split(frame)?.0.into_iter().map(text);
    let mut next = || parts.next().ok_or_else(|| invalid("half a request"));
    let mut request = Request::new(&next()?, &next()?);
    while let Ok(name) = next() {
        request.headers.push((name, next()?));
    }
    Ok(request)
}

/// Writes the answer of a worker.
pub(super) fn send_answer(answer: &Result<Page, FetchError>, to: impl Write) -> io::Result<()> {
    let message = |kind, text: &str| (kind, format!("{text:.1000}"));
    let (kind, text) = match answer {
        Ok(page) => ("page", page.status.to_string()),
        Err(FetchError::Status(page)) => ("status", page.status.to_string()),
        Err(FetchError::TooLarge(limit)) => ("too-large", limit.to_string()),
        Err(FetchError::TimedOut) => ("timed-out", String::new()),
        // The text may be a server's, and long.
        Err(FetchError::Invalid(text)) => message("invalid", text),
        Err(FetchError::Encoding(text)) => message("encoding", text),
        Err(FetchError::Http(text)) => message("failed", text),
        Err(error) => message("failed", &error.to_string()),
    };
    let mut parts = vec![kind.as_bytes(), text.as_bytes()];
    let mut body = &[][..];
    let page = match answer {
        Ok(page) => Some(page),
        Err(FetchError::Status(page)) => Some(&**page),
        Err(_) => None,
    };
    if let Some(page) = page {
        parts.push(page.url.as_bytes());
        for (name, value) in &page.headers {
            parts.extend([name.as_str().as_bytes(), value.as_bytes()]);
        }
        body = &page.body;
    }
    send(&parts, body, to)
}

/// The answer in a frame.
pub(super) fn read_answer(frame: &[u8]) -> io::Result<Result<Page, FetchError>> {
    let (parts, body) = split(frame)?;
    let [kind, detail, rest @ ..] = &parts[..] else {
        return Err(invalid("half an answer"));
    };
    let (kind, detail) = (text(kind), text(detail));
    Ok(match &kind[..] {
        "page" => Ok(page(&detail, rest, body)?),
        "status" => Err(FetchError::Status(Box::new(page(&detail, rest, body)?))),
        "too-large" => Err(FetchError::TooLarge(number(&detail)?)),
        "timed-out" => Err(FetchError::TimedOut),
        "invalid" => Err(FetchError::Invalid(detail)),
        "encoding" => Err(FetchError::Encoding(detail)),
        "failed" => Err(FetchError::Http(detail)),
        _ => return Err(invalid(&kind)),
    })
}

fn page(status: &str, rest: &[&[u8]], body: &[u8]) -> io::Result<Page> {
    let [url, fields @ ..] = rest else {
        return Err(invalid("a page without its URL"));
    };
    let mut headers = HeaderMap::new();
    for field in fields.chunks(2) {
        let [name, value] = field else {
            return Err(invalid("half a header"));
        };
        let name = HeaderName::from_bytes(name).ok();
        let pair = name.zip(HeaderValue::from_bytes(value).ok());
        let (name, value) = pair.ok_or_else(|| invalid("a header of other bytes"))?;
        headers.append(name, value);
    }
    Ok(Page {
        status: number(status)?,
        url: text(url),
        headers,
        body: body.to_vec(),
    })
}

fn text(part: &[u8]) -> String {
    String::from_utf8_lossy(part).into_owned()
}

fn number<T: FromStr>(text: &str) -> io::Result<T> {
    text.parse().map_err(|_| invalid(text))
}

fn invalid(what: &str) -> io::Error {
    // The text is a stranger's, and may be long.
    let message = format!("the worker's answer is invalid: {what:.100}");
    io::Error::new(io::ErrorKind::InvalidData, message)
}

//! What travels through the pipes. A frame is its length (8 bytes, little-endian), then its bytes:
//! one way a URL, the other way an answer, which is a line of words, and below it the body.

use std::io::{self, Read, Write};
use std::str::FromStr;

use super::{FetchError, Page};

/// The longest frame without a body.
pub(super) const SHORT: usize = 64 << 10;

/// Writes one frame.
pub(super) fn send(head: &[u8], body: &[u8], mut to: impl Write) -> io::Result<()> {
    let length = head.len() + body.len();
    to.write_all(&(length as u64).to_le_bytes())?;
    to.write_all(head)?;
    to.write_all(body)?;
    to.flush()
}

/// Reads one frame, if it is no longer than `most`: more is refused before room is made for it, so
/// no worker can fill the program's memory.
pub(super) fn receive(most: usize, mut from: impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > most as u64 {
        return Err(invalid(&format!("{length} bytes at once")));
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Writes the answer of a worker.
pub(super) fn send_answer(answer: &Result<Page, FetchError>, to: impl Write) -> io::Result<()> {
    let words = match answer {
        Ok(page) => format!("page {}\n", page.status),
        Err(FetchError::Status(status)) => format!("status {status}\n"),
        Err(FetchError::TooLarge(limit)) => format!("too-large {limit}\n"),
        Err(FetchError::TimedOut) => "timed-out\n".to_owned(),
        // The words may be a site's, and long.
        Err(FetchError::Http(words)) => format!("failed {:.1000}\n", words.replace('\n', " ")),
        Err(error) => format!("failed {error}\n"),
    };
    let body = answer.as_ref().map_or(&[][..], |page| &page.body);
    send(words.as_bytes(), body, to)
}

/// Reads the answer in a frame.
pub(super) fn read_answer(mut frame: Vec<u8>) -> io::Result<Result<Page, FetchError>> {
    let end = frame.iter().position(|byte| *byte == b'\n');
    let end = end.ok_or_else(|| invalid("no line of words"))?;
    let words = String::from_utf8_lossy(&frame[..end]).into_owned();
    frame.drain(..=end);
    let (kind, rest) = words.split_once(' ').unwrap_or((&words, ""));
    Ok(match kind {
        "page" => Ok(Page {
            status: number(rest)?,
            body: frame,
        }),
        "status" => Err(FetchError::Status(number(rest)?)),
        "too-large" => Err(FetchError::TooLarge(number(rest)?)),
        "timed-out" => Err(FetchError::TimedOut),
        "failed" => Err(FetchError::Http(rest.to_owned())),
        _ => return Err(invalid(kind)),
    })
}

fn number<T: FromStr>(text: &str) -> io::Result<T> {
    text.parse().map_err(|_| invalid(text))
}

fn invalid(what: &str) -> io::Error {
    // The words are a stranger's, and may be long.
    let message = format!("the worker's answer is none: {what:.100}");
    io::Error::new(io::ErrorKind::InvalidData, message)
}

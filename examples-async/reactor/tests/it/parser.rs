//! The suite for parsers of answers, each piece after a poll that found nothing, and what a request
//! looks like.

use std::future::poll_fn;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use fetcher_suite::parsing::{Answer, Parser};
use reactor::http::{self, Stream, read_head, request};

/// Bytes that arrive piece by piece, each only after a poll that found nothing.
struct Arriving<'a, R> {
    inner: &'a mut BufReader<R>,
    buffer: Vec<u8>,
}

impl<R: Read> Stream for Arriving<'_, R> {
    fn buffer(&self) -> &[u8] {
        &self.buffer
    }

    async fn fill(&mut self) -> io::Result<usize> {
        let mut is_there = false;
        poll_fn(|_| match std::mem::replace(&mut is_there, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        loop {
            match self.inner.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(piece) => {
                    let length = piece.len();
                    self.buffer.extend_from_slice(piece);
                    self.inner.consume(length);
                    return Ok(length);
                }
            }
        }
    }

    fn consume(&mut self, count: usize) {
        self.buffer.drain(..count);
    }
}

/// Polls until it is done: what these tests wait for is there at the next poll.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        let context = &mut Context::from_waker(Waker::noop());
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return output;
        }
    }
}

struct Ours;

impl Parser for Ours {
    const MAX_HEAD: usize = http::MAX_HEAD;
    const MAX_CHUNK_LINE: usize = http::MAX_CHUNK_LINE;

    fn answer(inner: &mut BufReader<impl Read>, max: usize) -> io::Result<Answer> {
        let buffer = Vec::new();
        let mut stream = Arriving { inner, buffer };
        let head = now(read_head(&mut stream))?;
        let body = now(head.read_body(&mut stream, max))?;
        Ok(Answer {
            status: head.status,
            redirect: head.redirect,
            keep_alive: head.keep_alive,
            body,
            left: stream.buffer,
        })
    }

    fn skip(inner: &mut BufReader<impl Read>) -> io::Result<(bool, Vec<u8>)> {
        let buffer = Vec::new();
        let mut stream = Arriving { inner, buffer };
        let head = now(read_head(&mut stream))?;
        Ok((head.skip_body(&mut stream), stream.buffer))
    }
}

fetcher_suite::parsing!(Ours);

#[test]
fn a_request_is_one_line_and_three_fields() {
    assert_eq!(
        request("a:81", "/b?c"),
        "GET /b?c HTTP/1.1\r\nHost: a:81\r\nUser-Agent: reactor\r\nAccept: */*\r\n\r\n"
    );
}

//! The suite for parsers of responses, each piece after a poll that found nothing, and what a request
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

struct ParserUnderTest;

impl Parser for ParserUnderTest {
    const MAX_HEAD: usize = http::MAX_HEAD;
    const MAX_CHUNK_LINE: usize = http::MAX_CHUNK_LINE;

    fn answer(inner: &mut BufReader<impl Read>, max: usize) -> io::Result<Answer> {
        let buffer = Vec::new();
        let mut stream = Arriving { inner, buffer };
        let head = now(read_head(&mut stream, "GET"))?;
        let body = now(head.read_body(&mut stream, max))?;
        Ok(Answer {
            status: head.status,
            redirect: head.redirect().map(str::to_owned),
            keep_alive: head.keep_alive,
            body,
            left: stream.buffer,
        })
    }

    fn skip(inner: &mut BufReader<impl Read>) -> io::Result<(bool, Vec<u8>)> {
        let buffer = Vec::new();
        let mut stream = Arriving { inner, buffer };
        let head = now(read_head(&mut stream, "GET"))?;
        Ok((head.skip_body(&mut stream), stream.buffer))
    }
}

fetcher_suite::parsing!(ParserUnderTest);

#[test]
fn a_request_is_one_line_and_three_fields() {
    let text = request("GET", "a:81", "/b?c", &Vec::new()).unwrap();
    let name = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        text,
        format!("GET /b?c HTTP/1.1\r\nHost: a:81\r\nUser-Agent: {name}\r\nAccept: */*\r\n\r\n")
    );
}

#[test]
fn a_request_has_the_callers_fields_instead_of_its_own() {
    let fields = vec![
        ("user-agent".to_owned(), "mine".to_owned()),
        ("x-cafe".to_owned(), "\u{e9}".to_owned()),
    ];
    let text = request("POST", "a", "/", &fields).unwrap();
    assert_eq!(
        text,
        "POST / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nContent-Length: 0\r\n\
         user-agent: mine\r\nx-cafe: \u{e9}\r\n\r\n"
    );
}

/// None of them could add a line to the request, or announce a body that never comes.
#[test]
fn what_cannot_be_in_a_request_is_refused() {
    for (method, name, value) in [
        ("GET / HTTP/1.1\r\nX: y", "a", "b"),
        ("", "a", "b"),
        ("GET", "a:", "b"),
        ("GET", "", "b"),
        ("GET", "a", "b\r\nc: d"),
        ("GET", "a", "b\0"),
        ("GET", "Content-Length", "5"),
        ("GET", "transfer-encoding", "chunked"),
    ] {
        let fields = vec![(name.to_owned(), value.to_owned())];
        let error = request(method, "a", "/", &fields).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{method} {name}");
    }
}

/// The body of a response to HEAD is announced, and does not come.
#[test]
fn a_response_to_head_has_no_body() {
    let inner = &mut BufReader::new(&b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"[..]);
    let buffer = Vec::new();
    let mut stream = Arriving { inner, buffer };
    let head = now(read_head(&mut stream, "HEAD")).unwrap();
    assert_eq!(
        now(head.read_body(&mut stream, 9)).unwrap(),
        Some(Vec::new())
    );
    assert!(head.keep_alive);
}

//! The suite for parsers of responses, and what a request looks like.

use std::io::{self, BufReader, Cursor, ErrorKind, Read};

use fetcher_suite::parsing::{Answer, Parser};
use thread_fetch_std::http::{self, read_head, send};

struct ParserUnderTest;

impl Parser for ParserUnderTest {
    const MAX_HEAD: usize = http::MAX_HEAD;
    const MAX_CHUNK_LINE: usize = http::MAX_CHUNK_LINE;

    fn answer(stream: &mut BufReader<impl Read>, max: usize) -> io::Result<Answer> {
        let head = read_head(stream, "GET")?;
        let body = head.read_body(stream, max)?;
        Ok(Answer {
            status: head.status,
            redirect: head.redirect().map(str::to_owned),
            keep_alive: head.keep_alive,
            body,
            left: Vec::new(),
        })
    }

    fn skip(stream: &mut BufReader<impl Read>) -> io::Result<(bool, Vec<u8>)> {
        let skipped = read_head(stream, "GET")?.skip_body(stream);
        Ok((skipped, stream.buffer().to_vec()))
    }
}

fetcher_suite::parsing!(ParserUnderTest);

#[test]
fn a_request_is_one_line_and_three_fields() {
    let text = http::request("GET", "a:81", "/b?c", &Vec::new()).unwrap();
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
    let text = http::request("POST", "a", "/", &fields).unwrap();
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
        let error = http::request(method, "a", "/", &fields).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{method} {name}");
    }
}

/// The body of a response to HEAD is announced, and does not come.
#[test]
fn a_response_to_head_has_no_body() {
    let mut stream = BufReader::new(&b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"[..]);
    let head = read_head(&mut stream, "HEAD").unwrap();
    assert_eq!(head.read_body(&mut stream, 9).unwrap(), Some(Vec::new()));
    assert!(head.keep_alive);
}

/// A stream that writes only when it is flushed, as one with a buffer does.
#[test]
fn a_request_is_flushed() {
    #[derive(Default)]
    struct Buffered {
        written: Vec<u8>,
        sent: Vec<u8>,
        response: Cursor<Vec<u8>>,
    }
    impl Read for Buffered {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.response.read(buffer)
        }
    }
    impl io::Write for Buffered {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            self.written.extend_from_slice(buffer);
            Ok(buffer.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            self.sent.append(&mut self.written);
            Ok(())
        }
    }
    let mut stream = BufReader::new(Buffered {
        response: Cursor::new(b"x".to_vec()),
        ..Buffered::default()
    });
    send(&mut stream, "request").unwrap();
    assert_eq!(stream.buffer(), b"x");
    assert_eq!(stream.get_ref().sent, b"request");
    let mut closed = BufReader::new(Buffered::default());
    let error = send(&mut closed, "request").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

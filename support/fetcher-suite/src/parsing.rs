//! What a parser of HTTP/1.1 answers holds to, whatever it reads from: well-formed answers split
//! anywhere, malformed ones, and any bytes at all. A parser joins in its `tests/parser.rs`:
//!
//! ```text
//! fetcher_suite::parsing!(ParserUnderTest); // which implements fetcher_suite::parsing::Parser
//! ```

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "each case is the body of a test, and panics to fail it"
)]

use std::io::{self, BufReader, ErrorKind, Read};

use proptest::collection::vec;
use proptest::prelude::*;

/// A parser under test.
pub trait Parser {
    /// Bytes of head that it reads at most.
    const MAX_HEAD: usize;
    /// Bytes in a line that tells the size of a chunk, at most.
    const MAX_CHUNK_LINE: usize;

    /// Reads an answer whose body has at most `max` bytes.
    ///
    /// # Errors
    /// Those of the parser.
    fn answer(stream: &mut BufReader<impl Read>, max: usize) -> io::Result<Answer>;

    /// Reads a head and skips its body if that is here. Whether it was, and what is here after it.
    ///
    /// # Errors
    /// Those of the parser.
    fn skip(stream: &mut BufReader<impl Read>) -> io::Result<(bool, Vec<u8>)>;
}

/// What a parser made of the bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where to ask instead.
    pub redirect: Option<String>,
    /// Whether the connection may be used again.
    pub keep_alive: bool,
    /// The body, unless it is too large.
    pub body: Option<Vec<u8>>,
    /// Taken from the stream, and not part of this answer.
    pub left: Vec<u8>,
}

/// Makes one test of each case.
#[macro_export]
macro_rules! parsing {
    ($parser:ty) => {
        $crate::cases!(parsing, <$parser>;
            the_length_is_clear_or_the_answer_is_refused
            a_chunk_size_is_clear_or_the_answer_is_refused
            the_first_line_is_that_of_http_1
            what_never_ends_is_given_up
            a_redirect_is_one_of_five_with_a_place_to_go
            a_connection_is_kept_unless_the_site_says_otherwise
            an_unwanted_body_is_skipped_only_if_it_is_here
            a_whole_answer_arrives_split_anywhere_and_a_cut_one_does_not
            any_bytes_are_a_page_or_an_error
            it_stops_reading_what_never_ends
            a_body_arrives_as_it_was_sent
        );
    };
}

/// Hands out its bytes in pieces of these sizes, over and over, and is interrupted before each.
struct Pieces<R> {
    inner: R,
    sizes: Vec<usize>,
    turn: usize,
    /// Bytes handed out.
    read: usize,
}

impl<R: Read> Pieces<R> {
    fn new(inner: R, sizes: Vec<usize>) -> Self {
        let (turn, read) = (0, 0);
        Self {
            inner,
            sizes,
            turn,
            read,
        }
    }
}

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn % 2 == 1 {
            return Err(ErrorKind::Interrupted.into());
        }
        let size = self.sizes[self.turn / 2 % self.sizes.len()].clamp(1, buffer.len().max(1));
        let size = size.min(buffer.len());
        let read = self.inner.read(&mut buffer[..size])?;
        self.read += read;
        Ok(read)
    }
}

type Page = (u16, Option<Vec<u8>>);

fn parse<P: Parser>(stream: &mut BufReader<impl Read>, max: usize) -> io::Result<Page> {
    P::answer(stream, max).map(|answer| (answer.status, answer.body))
}

fn answer<P: Parser>(bytes: &[u8]) -> io::Result<Page> {
    parse::<P>(&mut BufReader::new(bytes), 1 << 20)
}

#[track_caller]
fn whole<P: Parser>(text: &str) -> Answer {
    P::answer(&mut BufReader::new(text.as_bytes()), 1 << 20).expect(text)
}

#[track_caller]
fn body_of<P: Parser>(text: &str) -> String {
    let body = whole::<P>(text).body.expect("it is smaller than the limit");
    String::from_utf8(body).expect("it is ASCII")
}

#[track_caller]
fn refused<P: Parser>(text: &str, words: &str) {
    let error = answer::<P>(text.as_bytes()).expect_err(text);
    assert_eq!(error.kind(), ErrorKind::InvalidData, "{error}: {text:?}");
    assert!(error.to_string().contains(words), "{error}: {text:?}");
}

/// What two readers could measure differently is an error.
pub fn the_length_is_clear_or_the_answer_is_refused<P: Parser>() {
    let with = |fields: &str| format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\nhello");
    for fields in [
        "Content-Length: 5",
        "content-length:5",
        "Content-Length: \t5\t ",
        "Content-Length: 005",
        // RFC 9112, 6.3, rule 5: the same length again is one.
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5, 5",
        // RFC 9112, 5.2: folded.
        "Content-Length:\r\n 5",
        "X-Other: 1\r\nContent-Length: 5\r\nX-Content-Length: 9",
        // RFC 9112, 2.2: LF alone, as old CGI programs send it.
        "Content-Length: 5\nX: y",
    ] {
        assert_eq!(body_of::<P>(&with(fields)), "hello", "{fields:?}");
    }
    for (fields, words) in [
        ("Content-Length: 5\r\nContent-Length: 4", "different"),
        ("Content-Length: 5, 4", "different"),
        ("Content-Length: 5, 05", "different"),
        ("Content-Length: 5,", "different"),
        ("Content-Length: 5\r\n 4", "not a number"),
        ("Content-Length:", "not a number"),
        ("Content-Length: +5", "not a number"),
        ("Content-Length: -5", "not a number"),
        ("Content-Length: 0x5", "not a number"),
        ("Content-Length: 5.0", "not a number"),
        ("Content-Length: five", "not a number"),
        // One more than 64 bits hold.
        ("Content-Length: 18446744073709551616", "not a number"),
        ("Content-Length : 5", "without a name"),
        (" Content-Length: 5", "without a name"),
        (": 5", "without a name"),
        ("Content-Length", "without a name"),
        ("Content-Length: 5\rX: y", "control"),
        ("Content-Length: 5\0", "control"),
        (
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding with",
        ),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Transfer-Encoding with",
        ),
        ("Transfer-Encoding: gzip, chunked", "not chunked"),
        ("Transfer-Encoding: chunked, chunked", "not chunked"),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            "not chunked",
        ),
        ("Transfer-Encoding: xchunked", "not chunked"),
        ("Transfer-Encoding: \u{b}chunked", "control"),
        ("Transfer-Encoding:", "not chunked"),
    ] {
        refused::<P>(&with(fields), words);
    }
    // "Not encoded", which is no transfer coding any more, but sent by some servers.
    for (fields, end) in [
        ("Transfer-Encoding: identity\r\nContent-Length: 5", "hello"),
        ("Transfer-Encoding: Identity", "hello"),
    ] {
        assert_eq!(body_of::<P>(&with(fields)), end, "{fields:?}");
    }
    refused::<P>(
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "in HTTP/1.0",
    );
}

/// The same for each chunk.
pub fn a_chunk_size_is_clear_or_the_answer_is_refused<P: Parser>() {
    let with =
        |size: &str| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n{size}\r\n");
    for size in [
        "5\r\nhello\r\n0\r\n",
        "0005\r\nhello\r\n000\r\n",
        "5;a=b\r\nhello\r\n0;c\r\n",
        // RFC 9112, 7.1.1: a blank before the extension is bad, but to be read.
        "5 \t;a=\"b\"\r\nhello\r\n0\r\n",
        // Some servers pad the size.
        "5  \r\nhello\r\n0 \r\n",
        "2\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: t\r\nContent-Length: 9\r\n",
    ] {
        assert_eq!(body_of::<P>(&with(size)), "hello", "{size:?}");
    }
    assert_eq!(
        body_of::<P>(&with(&format!("A\r\n{}\r\n0\r\n", "x".repeat(10)))).len(),
        10
    );
    let long = format!("5;{}\r\nhello\r\n0\r\n", "x".repeat(P::MAX_CHUNK_LINE));
    for (size, words) in [
        ("\r\nhello\r\n0\r\n", "not a number"),
        ("+5\r\nhello\r\n0\r\n", "not a number"),
        ("-5\r\nhello\r\n0\r\n", "not a number"),
        ("0x5\r\nhello\r\n0\r\n", "not a number"),
        (" 5\r\nhello\r\n0\r\n", "not a number"),
        ("5 5\r\nhello\r\n0\r\n", "not a number"),
        (";a\r\nhello\r\n0\r\n", "not a number"),
        ("g\r\nhello\r\n0\r\n", "not a number"),
        // One more than 64 bits hold: cut to them it would be 5.
        ("10000000000000005\r\nhello\r\n0\r\n", "not a number"),
        ("5\nhello\r\n0\r\n", "without CR"),
        ("5;a\rb\r\nhello\r\n0\r\n", "control"),
        ("4\r\nhello\r\n0\r\n", "longer than its size"),
        ("5\r\nhello\n0\r\n", "longer than its size"),
        ("5\r\nhello\r\n0\r\nno field\r\n", "without a name"),
        (&long, "too long"),
    ] {
        refused::<P>(&with(size), words);
    }
}

/// Versions, statuses, 1xx responses, and bodies that a status rules out.
pub fn the_first_line_is_that_of_http_1<P: Parser>() {
    for line in [
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200 ",
        "HTTP/1.1 200",
        "HTTP/1.1 200 Not \u{e9} bad",
        "HTTP/1.0 200 OK",
        // One line end too many behind the body before it.
        "\r\nHTTP/1.1 200 OK",
        "HTTP/1.1 204 No body\r\nContent-Length: 5",
        "HTTP/1.1 204 No body\r\nTransfer-Encoding: chunked",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK",
    ] {
        assert_eq!(body_of::<P>(&format!("{line}\r\n\r\n")), "", "{line:?}");
    }
    for line in [
        "",
        "HTTP/1.1",
        "HTTP/2 200 OK",
        "HTTP/1.x 200 OK",
        "HTTP/1. 200 OK",
        "HTTP/1.10 200 OK",
        "http/1.1 200 OK",
        " HTTP/1.1 200 OK",
        "\r\n\r\nHTTP/1.1 200 OK",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1 +20 OK",
        "HTTP/1.1 099 OK",
        "ICY 200 OK",
    ] {
        refused::<P>(&format!("{line}\r\n\r\n"), "not a response");
    }
    refused::<P>("HTTP/1.1 101 Switching\r\n\r\n", "protocol");
}

/// An endless head is an error, an endless body is one that is too large.
pub fn what_never_ends_is_given_up<P: Parser>() {
    let endless: [(&str, &str); 4] = [
        ("HTTP/1.1 200 ", "x"),
        ("HTTP/1.1 200 OK\r\n", "A: b\r\n"),
        ("", "HTTP/1.1 100 Continue\r\n\r\n"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            "A: b\r\n",
        ),
    ];
    for (start, rest) in endless {
        let mut stream = BufReader::new(start.as_bytes().chain(Cycle::new(rest)));
        let error = parse::<P>(&mut stream, 1000).expect_err(rest);
        assert!(error.to_string().contains("too long"), "{error}: {rest}");
    }
    for (start, rest) in [
        ("HTTP/1.1 200 OK\r\n\r\n", "x"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1\r\nx\r\n",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n",
            "x",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
            "x",
        ),
    ] {
        let mut stream = BufReader::new(start.as_bytes().chain(Cycle::new(rest)));
        assert_eq!(
            parse::<P>(&mut stream, 1000).unwrap(),
            (200, None),
            "{rest}"
        );
    }
}

/// Five statuses, and the first `Location`.
pub fn a_redirect_is_one_of_five_with_a_place_to_go<P: Parser>() {
    for (status, expected) in [
        (301, Some("/a b")),
        (302, Some("/a b")),
        (303, Some("/a b")),
        (307, Some("/a b")),
        (308, Some("/a b")),
        (200, None),
        (300, None),
        (304, None),
        (404, None),
    ] {
        let text = format!("HTTP/1.1 {status} x\r\nLOCATION:  /a b \r\nLocation: /c\r\n\r\n");
        assert_eq!(whole::<P>(&text).redirect.as_deref(), expected);
    }
    assert_eq!(whole::<P>("HTTP/1.1 301 x\r\n\r\n").redirect, None);
}

/// And HTTP/1.0 keeps none.
pub fn a_connection_is_kept_unless_the_site_says_otherwise<P: Parser>() {
    for (text, kept) in [
        ("HTTP/1.1 200 OK\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", false),
        ("HTTP/1.1 200 OK\r\nConnection: x, close\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", false),
    ] {
        assert_eq!(whole::<P>(text).keep_alive, kept, "{text}");
    }
}

/// Skipping waits for nothing.
pub fn an_unwanted_body_is_skipped_only_if_it_is_here<P: Parser>() {
    for (text, skipped, left) in [
        ("Content-Length: 2\r\n\r\nab", true, ""),
        ("Content-Length: 2\r\n\r\nabc", true, "c"),
        ("Content-Length: 0\r\n\r\n", true, ""),
        ("Content-Length: 3\r\n\r\nab", false, "ab"),
        (
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            false,
            "0\r\n\r\n",
        ),
        ("X: y\r\n\r\nab", false, "ab"),
    ] {
        let text = format!("HTTP/1.1 404 x\r\n{text}");
        let mut stream = BufReader::new(text.as_bytes());
        let expected = (skipped, left.as_bytes().to_vec());
        assert_eq!(P::skip(&mut stream).unwrap(), expected, "{text}");
    }
}

/// A text without end.
struct Cycle {
    text: Vec<u8>,
    at: usize,
}

impl Cycle {
    fn new(text: impl Into<Vec<u8>>) -> Self {
        let text = text.into();
        Self { text, at: 0 }
    }
}

impl Read for Cycle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.text[self.at..];
        let size = rest.len().min(buffer.len());
        buffer[..size].copy_from_slice(&rest[..size]);
        self.at = (self.at + size) % self.text.len();
        Ok(size)
    }
}

/// A body in one of the three framings, and whether its end can be told from a cut.
fn framed(body: &[u8], framing: usize, chunk: usize) -> (Vec<u8>, bool) {
    let mut bytes = b"HTTP/1.1 200 OK\r\nServer: a test\r\n".to_vec();
    match framing {
        0 => {
            bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
            bytes.extend(body);
        }
        1 => {
            bytes.extend(b"Transfer-Encoding: chunked\r\n\r\n");
            for piece in body.chunks(chunk) {
                bytes.extend(format!("{:x};x=y\r\n", piece.len()).bytes());
                bytes.extend(piece);
                bytes.extend(b"\r\n");
            }
            bytes.extend(b"0\r\nTrailer: t\r\n\r\n");
        }
        _ => {
            bytes.extend(b"Connection: close\r\n\r\n");
            bytes.extend(body);
        }
    }
    (bytes, framing < 2)
}

/// Every answer of 40 bytes of body, in each framing, split in two at every point and cut there.
pub fn a_whole_answer_arrives_split_anywhere_and_a_cut_one_does_not<P: Parser>() {
    let body: Vec<u8> = (0..40).collect();
    for framing in 0..3 {
        let (bytes, end_is_told) = framed(&body, framing, 7);
        let head = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap()
            + 4;
        for cut in 0..bytes.len() {
            let (first, second) = bytes.split_at(cut);
            let mut split = BufReader::new(first.chain(second));
            let whole = parse::<P>(&mut split, 40).unwrap();
            assert_eq!(whole, (200, Some(body.clone())), "{framing} split at {cut}");
            match answer::<P>(first) {
                Err(error) => assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "{cut}: {error}"),
                // Where the close is the end, nobody can tell.
                Ok((_, found)) => {
                    assert!(!end_is_told && cut >= head, "{framing} cut at {cut}");
                    assert_eq!(found.as_deref(), Some(&bytes[head..cut]));
                }
            }
        }
    }
}

/// Bytes that look like an answer here and there, so that more than its first line is tried.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "Content-Length: 7\r\n",
        "Content-Length: 99999999999\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
        " folded\r\n",
        "\r\n",
        "\n",
        "3\r\nabc\r\n",
        "ffffffffffffffff\r\n",
        "0\r\n\r\n",
    ]);
    let piece = prop_oneof![
        4 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..40),
    ];
    (any::<bool>(), vec(piece, 0..12)).prop_map(|(is_begun, pieces)| {
        let start = if is_begun { "HTTP/1.1 200 OK\r\n" } else { "" };
        [vec![start.as_bytes().to_vec()], pieces].concat().concat()
    })
}

/// What fails is printed whole; it belongs into a test of its own, not into a file.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// An error or a page no larger than allowed; and the same, however the bytes are split.
pub fn any_bytes_are_a_page_or_an_error<P: Parser>() {
    proptest!(config(), |(bytes in prop_oneof![vec(any::<u8>(), 0..300), pieces()], sizes in vec(1_usize..50, 1..8), capacity in 1_usize..100, max in 0_usize..20,)| {
        let at_once = parse::<P>(&mut BufReader::new(&bytes[..]), max);
        let mut split = BufReader::with_capacity(capacity, Pieces::new(&bytes[..], sizes));
        let split = parse::<P>(&mut split, max);
        match (at_once, split) {
            (Ok(one), Ok(two)) => {
                prop_assert_eq!(&one, &two);
                prop_assert!(one.1.is_none_or(|body| body.len() <= max));
            }
            (Err(one), Err(two)) => {
                prop_assert_eq!(one.kind(), two.kind());
                prop_assert_eq!(one.to_string(), two.to_string());
            }
            (one, two) => prop_assert!(false, "{one:?} at once, {two:?} in pieces"),
        }
    });
}

/// The same bytes over and over, without end: it stops, and read no more than its limits.
pub fn it_stops_reading_what_never_ends<P: Parser>() {
    proptest!(config(), |(start in pieces(), rest in pieces(), max in 0_usize..200)| {
        prop_assume!(!rest.is_empty());
        let endless = start.chain(Cycle::new(rest));
        let capacity = 64;
        let mut stream = BufReader::with_capacity(capacity, Pieces::new(endless, vec![1000]));
        let _ = parse::<P>(&mut stream, max);
        // At worst each byte of the body has a chunk of its own, and a long line before it.
        let limit = 2 * P::MAX_HEAD + (max + 1) * (P::MAX_CHUNK_LINE + 3) + 64 + capacity;
        prop_assert!(stream.get_ref().read <= limit, "{} read", stream.get_ref().read);
    });
}

/// What goes in comes out, in each framing, however it is chunked and split.
pub fn a_body_arrives_as_it_was_sent<P: Parser>() {
    proptest!(config(), |(body in vec(any::<u8>(), 0..3000), framing in 0_usize..3, chunk in 1_usize..1000, sizes in vec(1_usize..2000, 1..8), capacity in 1_usize..5000,)| {
        let (bytes, end_is_told) = framed(&body, framing, chunk);
        // Only what follows an end that is told can be left alone.
        let next: &[u8] = if end_is_told { b"NEXT" } else { b"" };
        let pieces = Pieces::new(bytes.chain(next), sizes);
        let mut stream = BufReader::with_capacity(capacity, pieces);
        let found = P::answer(&mut stream, body.len()).unwrap();
        let mut left = found.left;
        stream.read_to_end(&mut left).unwrap();
        prop_assert_eq!(left, next);
        prop_assert_eq!((found.status, found.body), (200, Some(body)));
    });
}

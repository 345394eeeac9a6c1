//! The suite for parsers of answers, and what a request looks like.

use std::io::{self, BufReader, Cursor, ErrorKind, Read};

use fetcher_suite::parsing::{Answer, Parser};
use thread_fetch_std::http::{self, read_head, send};

struct Ours;

impl Parser for Ours {
    const MAX_HEAD: usize = http::MAX_HEAD;
    const MAX_CHUNK_LINE: usize = http::MAX_CHUNK_LINE;

    fn answer(stream: &mut BufReader<impl Read>, max: usize) -> io::Result<Answer> {
        let head = read_head(stream)?;
        let body = head.read_body(stream, max)?;
        Ok(Answer {
            status: head.status,
            redirect: head.redirect,
            keep_alive: head.keep_alive,
            body,
            left: Vec::new(),
        })
    }

    fn skip(stream: &mut BufReader<impl Read>) -> io::Result<(bool, Vec<u8>)> {
        let skipped = read_head(stream)?.skip_body(stream);
        Ok((skipped, stream.buffer().to_vec()))
    }
}

fetcher_suite::parsing!(Ours);

#[test]
fn a_request_is_one_line_and_three_fields() {
    /// What is written goes to the second, what is read comes from the first.
    struct Both(Cursor<Vec<u8>>, Vec<u8>);
    impl Read for Both {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }
    impl io::Write for Both {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            self.1.write(buffer)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut stream = BufReader::new(Both(Cursor::new(b"x".to_vec()), Vec::new()));
    send(&mut stream, "a:81", "/b?c").unwrap();
    assert_eq!(stream.buffer(), b"x");
    assert_eq!(
        String::from_utf8_lossy(&stream.get_ref().1),
        "GET /b?c HTTP/1.1\r\nHost: a:81\r\nUser-Agent: thread-fetch-std\r\nAccept: */*\r\n\r\n"
    );
    let mut closed = BufReader::new(Both(Cursor::new(Vec::new()), Vec::new()));
    let error = send(&mut closed, "a", "/").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

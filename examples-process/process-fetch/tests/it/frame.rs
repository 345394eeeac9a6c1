//! What is sent through the pipes: every request and answer arrives as it was sent. Anything else is
//! an error, not a panic, and no memory is reserved for what was only announced.

use std::io::ErrorKind;

use process_fetch::{FetchError, Page, Request};
use ureq::http::{HeaderMap, HeaderValue};

#[expect(clippy::module_inception, reason = "it is named as in the crate")]
#[path = "../../src/frame.rs"]
mod frame;

fn sent(answer: &Result<Page, FetchError>) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame::send_answer(answer, &mut bytes).expect("a vector takes all");
    bytes
}

fn page(body: &[u8]) -> Page {
    let mut headers = HeaderMap::new();
    headers.append("a", HeaderValue::from_static("1"));
    headers.append(
        "a",
        HeaderValue::from_bytes(b"\xff 2").expect("it is a value"),
    );
    Page {
        status: 206,
        url: "http://a/\n".to_owned(),
        headers,
        body: body.to_vec(),
    }
}

#[test]
fn answers_arrive_as_they_were_sent() {
    let answers = [
        Ok(page(b"")),
        Ok(page(b"\n\nwith lines\n\x00\xff")),
        Err(FetchError::Status(Box::new(page(b"")))),
        Err(FetchError::TooLarge(usize::MAX)),
        Err(FetchError::TimedOut),
        Err(FetchError::Invalid("no scheme".into())),
        Err(FetchError::Encoding("gzip".into())),
        Err(FetchError::Http("with: several\nwords".into())),
    ];
    for answer in answers {
        let frame = frame::receive(1000, &sent(&answer)[..]).unwrap();
        let arrived = frame::read_answer(&frame).unwrap();
        assert_eq!(format!("{arrived:?}"), format!("{answer:?}"));
    }
}

#[test]
fn requests_arrive_as_they_were_sent() {
    let plain = Request::from("http://a/\n");
    let headers = Request::new("POST", "")
        .header("a", "")
        .header("a", "b\n\0");
    for request in [plain, headers] {
        let mut bytes = Vec::new();
        frame::send_request(&request, &mut bytes).unwrap();
        let frame = frame::receive(1000, &bytes[..]).unwrap();
        let arrived = frame::read_request(&frame).unwrap();
        assert_eq!(format!("{arrived:?}"), format!("{request:?}"));
    }
}

#[test]
fn the_message_of_a_server_stays_short() {
    let message = "forged ".repeat(100_000);
    let bytes = sent(&Err(FetchError::Http(message)));
    assert!(bytes.len() < 2000);
    let frame = frame::receive(frame::SHORT, &bytes[..]).unwrap();
    let answer = frame::read_answer(&frame).unwrap();
    assert!(matches!(answer, Err(FetchError::Http(text)) if text.starts_with("forged forged")));
}

#[test]
fn every_cut_is_the_end_of_the_pipe() {
    let bytes = sent(&Ok(page(b"the body")));
    for length in 0..bytes.len() {
        let error = frame::receive(1000, &bytes[..length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }
}

#[test]
fn a_length_beyond_the_limit_is_refused() {
    for length in [1001, u64::MAX] {
        let error = frame::receive(1000, &length.to_le_bytes()[..]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
    }
    let exact = [&1000_u64.to_le_bytes()[..], &[7; 1000]].concat();
    assert_eq!(frame::receive(1000, &exact[..]).unwrap(), [7; 1000]);
}

/// Each frame of an answer, cut anywhere and with any byte changed: an answer or an error.
#[test]
fn anything_else_is_an_error() {
    let whole = frame::receive(1000, &sent(&Ok(page(b"body")))[..]).unwrap();
    for end in 0..whole.len() {
        let _answer_or_error = frame::read_answer(&whole[..end]);
        for byte in [0, 1, 0x7f, 0xff] {
            let mut changed = whole.clone();
            changed[end] = byte;
            let _answer_or_error = frame::read_answer(&changed);
        }
    }
    for parts in [
        &[&b"page"[..]][..],
        &[b"page", b"70000", b"url"],
        &[b"page", b"200"],
        &[b"page", b"200", b"url", b"name"],
        &[b"page", b"200", b"url", b"a b", b"c"],
        &[b"page", b"200", b"url", b"a", b"\n"],
        &[b"status", b"-1", b"url"],
        &[b"too-large", b"much"],
        &[b"\xff\xfe", b""],
        &[b"printed by a parser", b""],
    ] {
        let mut bytes = Vec::new();
        frame::send(parts, b"", &mut bytes).unwrap();
        let frame = frame::receive(1000, &bytes[..]).unwrap();
        let error = frame::read_answer(&frame).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData, "{parts:?}");
    }
}

#[test]
fn what_a_program_prints_first_is_skipped() {
    let printed = [b"running 1 test\n\0process-fetch", frame::READY, b"rest"].concat();
    let mut stream = &printed[..];
    frame::wait_until_ready(&mut stream).unwrap();
    assert_eq!(stream, b"rest");
    let error = frame::wait_until_ready(&b"nothing of the kind"[..]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    let error = frame::wait_until_ready(std::io::repeat(b'x')).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
}

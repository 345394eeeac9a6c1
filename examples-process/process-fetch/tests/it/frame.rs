//! What travels through the pipes: every answer arrives as it was sent, and what is none is an
//! error, not a panic, and not memory for what was only announced.

use process_fetch::{FetchError, Page};

#[path = "../../src/frame.rs"]
mod frame;

fn sent(answer: &Result<Page, FetchError>) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame::send_answer(answer, &mut bytes).expect("a vector takes all");
    bytes
}

#[test]
fn answers_arrive_as_they_were_sent() {
    let page = |body: &[u8]| Page {
        status: 206,
        body: body.to_vec(),
    };
    let answers = [
        Ok(page(b"")),
        Ok(page(b"\n\nwith lines\n\x00\xff")),
        Err(FetchError::Status(404)),
        Err(FetchError::TooLarge(u64::MAX)),
        Err(FetchError::TimedOut),
        Err(FetchError::Http("in words: of several".into())),
    ];
    for answer in answers {
        let frame = frame::receive(1000, &sent(&answer)[..]).unwrap();
        let arrived = frame::read_answer(frame).unwrap();
        assert_eq!(format!("{arrived:?}"), format!("{answer:?}"));
    }
}

#[test]
fn words_of_a_site_stay_one_short_line() {
    let words = "page 200\nforged ".repeat(1000);
    let bytes = sent(&Err(FetchError::Http(words)));
    assert!(bytes.len() < frame::SHORT / 10);
    let frame = frame::receive(frame::SHORT, &bytes[..]).unwrap();
    let answer = frame::read_answer(frame).unwrap();
    assert!(matches!(answer, Err(FetchError::Http(words)) if words.starts_with("page 200 forged")));
}

#[test]
fn every_cut_is_the_end_of_the_pipe() {
    let page = Page {
        status: 200,
        body: b"the body".to_vec(),
    };
    let bytes = sent(&Ok(page));
    for length in 0..bytes.len() {
        let error = frame::receive(1000, &bytes[..length]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    }
}

#[test]
fn a_length_beyond_the_limit_is_refused() {
    for length in [1001, u64::MAX] {
        let error = frame::receive(1000, &length.to_le_bytes()[..]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    }
    let exact = [&1000_u64.to_le_bytes()[..], &[7; 1000]].concat();
    assert_eq!(frame::receive(1000, &exact[..]).unwrap(), [7; 1000]);
}

#[test]
fn what_is_no_answer_is_an_error() {
    let garbage: [&[u8]; 8] = [
        b"",
        b"page 200",
        b"page\nbody",
        b"page 70000\nbody",
        b"status -1\n",
        b"too-large much\n",
        b"\xff\xfe\n",
        b"printed by a parser\n",
    ];
    for frame in garbage {
        let error = frame::read_answer(frame.to_vec()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData, "{frame:?}");
    }
}

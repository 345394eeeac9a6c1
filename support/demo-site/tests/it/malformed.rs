//! Whatever is sent, the site answers or closes, and lives on.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use demo_site::Site;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::client::{Client, eventually, fetch, status};

#[test]
fn what_is_not_a_request_is_refused() {
    let site = Site::start().unwrap();
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(20_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(101));
    let never_ending = format!("GET / HTTP/1.1\r\nA: {}", "b".repeat(20_000));
    for (bytes, code) in [
        ("\x16\x03\x01 a TLS hello\r\n\r\n", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("GET /\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        ("G E T / HTTP/1.1\r\n\r\n", 400),
        (&long, 431),
        (&many, 431),
        (&never_ending, 431),
    ] {
        let mut client = Client::new(&site);
        client.send(bytes);
        assert_eq!(status(&client.head()), code, "{bytes:.40}");
        let (sentence, error) = client.rest();
        assert!(sentence.ends_with(b"."), "{bytes:.40}");
        assert_eq!(error, None, "{bytes:.40}");
    }
    assert_eq!(site.counts().requests, 0);
}

#[test]
fn a_head_that_does_not_get_done_loses_its_connection() {
    let site = Site::start().unwrap();
    let mut idle = Client::new(&site);
    let mut slow = Client::new(&site);
    slow.send("GET /page/a HTTP/1.1\r\nHo");
    // After five seconds; the patience of the client is longer.
    assert_eq!(slow.rest(), (Vec::new(), None));
    // One that has sent nothing may stay.
    idle.ask("/page/a");
    assert_eq!(status(&idle.head()), 200);
}

static PANICKED: AtomicBool = AtomicBool::new(false);

#[test]
fn no_bytes_make_the_site_panic_or_hang() {
    // The runtime turns a panic in a connection into a close, which would look like any other.
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if thread::current().name() == Some("demo-site") {
            PANICKED.store(true, Ordering::Relaxed);
        }
        default(info);
    }));
    let site = Site::start().unwrap();
    let short = [
        "GET ", "HEAD ", "POST ", "/", "/page/", "/page/a", "?", "&", "=", "%", "%0d%0a", "%ff",
        "size=", "delay=", "drip=", "to=", "key=", "times=", "status=", "chunked", "close", "0",
        "1", "9", "-", "1e400", "ms", "h", "years", "EiB", "KiB", "é", "\0", " ", "\t", ":",
        "http://", "\r\n", "\r\n", "\n", "\r\n\r\n", "\r\n\r\n", "\"", "\\", "{", "<",
    ];
    let long = [
        "/fault/status/",
        "/fault/flaky",
        "/fault/short",
        "/fault/long",
        "/fault/reset",
        "/fault/drip",
        "/fault/never",
        "/redirect/",
        "18446744073709551615",
        " HTTP/1.1",
        " HTTP/1.0",
        "Connection: ",
        "Content-Length: ",
        "Transfer-Encoding: chunked",
        "keep-alive",
    ];
    let parts = prop::sample::select([&short[..], &long].concat());
    let of_parts =
        prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat().into_bytes());
    // A good request but for the query, so that more than the parser is reached.
    let of_query = ("[ -~]{0,40}", 0..demo_site::pages().len()).prop_map(|(query, page)| {
        let query = query.replace([' ', '#'], "+");
        let example = demo_site::pages()[page].example;
        format!("GET {example}&{query} HTTP/1.1\r\n\r\n").into_bytes()
    });
    let of_bytes = prop::collection::vec(any::<u8>(), 0..200);
    let anything = prop_oneof![2 => of_parts, 2 => of_query, 1 => of_bytes];

    let config = Config {
        cases: 1000,
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&anything, |bytes| {
        let mut client = Client::new(&site);
        // The site may refuse before it has read all: then sending fails, and that is well.
        let _ = client.try_send(&bytes);
        let _ = client.finish();
        let (_, error) = client.up_to(1 << 20);
        let hung = matches!(error, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut));
        prop_assert!(!hung, "it neither answered nor closed");
        prop_assert!(!PANICKED.load(Ordering::Relaxed), "the site panicked");
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.unwrap_err());
    eventually("no request is left", || site.counts().in_flight == 0);
    assert_eq!(status(&fetch(&site, "GET", "/page/a").0), 200);
}

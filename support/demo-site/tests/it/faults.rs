//! Each fault is wrong in just the way it says, and in no other.

use std::io::ErrorKind;

use demo_site::{Site, body};

use crate::client::{Client, begin, chunks, eventually, fetch, field, status};

#[test]
fn never_says_nothing_and_keeps_the_connection() {
    let site = Site::start().unwrap();
    let mut client = Client::asking(&site, "/fault/never");
    eventually("the request has arrived", || site.counts().requests == 1);
    assert!(client.silence());
    let request = &site.requests()[0];
    assert_eq!(
        (request.ended, request.status, request.sent),
        (None, None, 0)
    );
}

#[test]
fn empty_closes_without_a_byte() {
    let site = Site::start().unwrap();
    let mut client = Client::asking(&site, "/fault/empty");
    assert_eq!(client.rest(), (Vec::new(), None));
    assert_eq!(site.requests()[0].status, None);
}

#[test]
fn drip_sends_single_bytes_of_a_body_declared_long() {
    let (site, mut client, head) = begin("/fault/drip");
    assert_eq!(status(&head), 200);
    assert_eq!(field(&head, "Content-Length"), Some("1048576"));
    assert_eq!(client.some(), b"d");
    assert_eq!(client.some(), b"r");
    assert_eq!(site.requests()[0].ended, None);
}

#[test]
fn drip_ends_well_if_it_is_waited_for() {
    let (site, mut client, _) = begin("/fault/drip?size=9&drip=1ms");
    assert_eq!(client.exactly(9), body("drip", 9));
    assert_eq!(site.counts().in_flight, 0);
}

#[test]
fn reset_comes_after_half_of_the_body() {
    let (site, mut client, head) = begin("/fault/reset?size=10KiB");
    assert_eq!(field(&head, "Content-Length"), Some("10240"));
    let (half, error) = client.rest();
    assert_eq!(error, Some(ErrorKind::ConnectionReset));
    assert_eq!(half, body("reset", 5120));
    assert_eq!(site.requests()[0].sent, 5120);
}

#[test]
fn short_closes_in_order_after_half_of_the_body() {
    let (_site, mut client, head) = begin("/fault/short?size=100KiB");
    assert_eq!(field(&head, "Content-Length"), Some("102400"));
    assert_eq!(client.rest(), (body("short", 51_200), None));
}

#[test]
fn long_sends_twice_what_it_declared() {
    let site = Site::start().unwrap();
    let (head, sent) = fetch(&site, "GET", "/fault/long?size=100");
    assert_eq!(field(&head, "Content-Length"), Some("100"));
    assert_eq!(sent, body("long", 200));
}

#[test]
fn endless_sends_chunks_as_long_as_they_are_read() {
    let (site, mut client, head) = begin("/fault/endless");
    assert_eq!(field(&head, "Transfer-Encoding"), Some("chunked"));
    // The size line of a chunk is `4000`, 16 KiB in hexadecimal.
    let mut chunked = client.exactly(500 * (4 + 2 + 16 * 1024 + 2));
    chunked.extend(b"0\r\n\r\n");
    let chunks = chunks(&chunked);
    assert_eq!(chunks.len(), 500);
    let chunk = body("endless", 16 * 1024);
    assert!(chunks.iter().all(|found| *found == chunk));
    assert_eq!(site.counts().in_flight, 1);
    drop(client);
    eventually("the request has ended", || site.counts().in_flight == 0);
    assert!(site.requests()[0].sent >= 500 * 16 * 1024);
}

#[test]
fn endless_close_declares_neither_length_nor_chunks() {
    let (site, mut client, head) = begin("/fault/endless-close");
    assert_eq!(field(&head, "Content-Length"), None);
    assert_eq!(field(&head, "Transfer-Encoding"), None);
    assert_eq!(field(&head, "Connection"), Some("close"));
    assert_eq!(client.exactly(8 << 20).len(), 8 << 20);
    assert_eq!(site.counts().in_flight, 1);
}

#[test]
fn endless_interim_never_comes_to_the_answer() {
    let site = Site::start().unwrap();
    let mut client = Client::asking(&site, "/fault/endless-interim");
    let interim = b"HTTP/1.1 103 Early Hints\r\n\r\n";
    let sent = client.exactly(20_000 * interim.len());
    assert!(sent == interim.repeat(20_000));
    let request = &site.requests()[0];
    assert_eq!((request.ended, request.status), (None, None));
}

#[test]
fn endless_head_has_no_empty_line() {
    let site = Site::start().unwrap();
    let mut client = Client::asking(&site, "/fault/endless-head");
    let head = String::from_utf8(client.exactly(4 << 20)).unwrap();
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    assert_eq!(lines.remove(0), "HTTP/1.1 200 OK");
    let cut = lines.pop().unwrap();
    assert!(cut.len() <= 1022);
    let is_huge = |line: &&str| line.starts_with("X-Huge: h") && line.len() == 1022;
    assert!(lines.iter().all(is_huge));
}

#[test]
fn a_stalled_reader_holds_up_no_one_and_an_endless_body_does_not_pile_up() {
    let site = Site::start().unwrap();
    let _stalled = Client::asking(&site, "/fault/endless");
    eventually("it has arrived", || site.counts().requests == 1);
    let sent = || site.requests()[0].sent;
    eventually("the socket's buffers are full", || {
        let before = sent();
        fetch(&site, "GET", "/page/a?delay=20ms");
        before > 0 && sent() == before
    });
    // What the system buffers on both sides of a loopback connection, and no more.
    assert!(sent() < 64 << 20, "{} bytes", sent());
}

#[test]
fn huge_headers_are_a_good_answer_but_for_their_size() {
    let site = Site::start().unwrap();
    let (head, sent) = fetch(&site, "GET", "/fault/huge-headers");
    assert_eq!(status(&head), 200);
    assert!(head.len() > 1 << 20);
    assert_eq!(head.matches("X-Huge: ").count(), 1024);
    let length = sent.len().to_string();
    assert_eq!(field(&head, "Content-Length"), Some(&*length));
}

#[test]
fn garbage_is_not_http() {
    let site = Site::start().unwrap();
    let mut client = Client::asking(&site, "/fault/garbage");
    let (bytes, error) = client.rest();
    assert_eq!(error, None);
    assert!(!bytes.is_empty() && !bytes.starts_with(b"HTTP"));
}

#[test]
fn bad_chunk_follows_a_good_one() {
    let (_site, mut client, head) = begin("/fault/bad-chunk");
    assert_eq!(field(&head, "Transfer-Encoding"), Some("chunked"));
    let (bytes, error) = client.rest();
    assert_eq!(error, None);
    let parts = [b"200\r\n", &*body("bad-chunk", 512), b"\r\nno-number\r\n"];
    assert_eq!(bytes, parts.concat());
}

#[test]
fn stale_closes_the_kept_connection_when_it_is_used_again() {
    let (site, mut client, head) = begin("/fault/stale?size=10");
    assert_eq!(field(&head, "Connection"), None);
    assert_eq!(client.exactly(10), body("stale", 10));
    assert!(client.silence(), "it must stay open until it is used");
    client.ask("/page/a");
    assert_eq!(client.rest(), (Vec::new(), None));
    assert_eq!(site.counts().requests, 1);
}

#[test]
fn stale_does_not_keep_a_connection_that_was_not_to_be_kept() {
    let site = Site::start().unwrap();
    let (head, sent) = fetch(&site, "GET", "/fault/stale?size=10");
    assert_eq!(field(&head, "Connection"), Some("close"));
    assert_eq!(sent, body("stale", 10));
}

#[test]
fn status_is_any_from_400_to_599() {
    let site = Site::start().unwrap();
    for code in 400..600 {
        let (head, sent) = fetch(&site, "GET", &format!("/fault/status/{code}"));
        assert_eq!(status(&head), code);
        let length = sent.len().to_string();
        assert_eq!(field(&head, "Content-Length"), Some(&*length));
    }
    for wrong in ["200", "399", "600", "-1", "4e2", "99999", "x"] {
        let (head, _) = fetch(&site, "GET", &format!("/fault/status/{wrong}"));
        assert_eq!(status(&head), 400, "{wrong}");
    }
}

#[test]
fn flaky_fails_the_first_times_for_each_key() {
    let site = Site::start().unwrap();
    let ask = |target: &str| status(&fetch(&site, "GET", target).0);
    let a = "/fault/flaky?times=2&key=a";
    assert_eq!([ask(a), ask(a), ask(a), ask(a)], [503, 503, 200, 200]);
    let b = "/fault/flaky?times=1&key=b";
    assert_eq!([ask(b), ask(b)], [503, 200]);
    let two = "/fault/flaky";
    assert_eq!([ask(two), ask(two), ask(two)], [503, 503, 200]);
    site.reset();
    assert_eq!(ask(a), 503);
}

#[test]
fn flaky_says_when_to_try_again_if_asked_and_answers_a_post_too() {
    let site = Site::start().unwrap();
    for when in ["7", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let target = format!("/fault/flaky?times=9&retry-after={when}").replace(' ', "+");
        let (head, _) = fetch(&site, "GET", &target);
        assert_eq!(status(&head), 503);
        assert_eq!(field(&head, "Retry-After"), Some(when));
    }
    let (head, _) = fetch(&site, "GET", "/fault/flaky");
    assert_eq!(field(&head, "Retry-After"), None);
    let (head, _) = fetch(&site, "POST", "/fault/flaky?times=1&key=post");
    assert_eq!(status(&head), 503);
}

#[test]
fn redirects_lead_to_the_target_in_as_many_hops() {
    let site = Site::start().unwrap();
    let mut target = "/redirect/3?to=/page/x%3Fsize%3D7".to_owned();
    for _ in 0..3 {
        let (head, _) = fetch(&site, "GET", &target);
        assert_eq!(status(&head), 302, "{target}");
        target = field(&head, "Location").unwrap().to_owned();
    }
    assert_eq!(target, "/page/x?size=7");
    assert_eq!(fetch(&site, "GET", &target).1, body("x", 7));
    for wrong in ["0", "-1", "x", "99999999999999999999"] {
        let (head, _) = fetch(&site, "GET", &format!("/redirect/{wrong}"));
        assert_eq!(status(&head), 400, "{wrong}");
    }
}

#[test]
fn a_redirect_cannot_smuggle_a_header_field() {
    let site = Site::start().unwrap();
    let (head, _) = fetch(&site, "GET", "/redirect/1?to=/a%0d%0aX-Evil:%201");
    assert_eq!(status(&head), 400);
    assert_eq!(field(&head, "X-Evil"), None);
}

#[test]
fn the_redirect_loop_leads_to_itself() {
    let site = Site::start().unwrap();
    let (head, _) = fetch(&site, "GET", "/redirect-loop?delay=1ms");
    assert_eq!(status(&head), 302);
    assert_eq!(field(&head, "Location"), Some("/redirect-loop?delay=1ms"));
}

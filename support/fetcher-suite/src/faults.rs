//! What real servers, networks and people do wrong, or differently, and what a fetcher makes of it. It
//! joins in its `tests/it/conformance.rs`:
//!
//! ```text
//! fetcher_suite::faults!(FETCHER); // as in `conformance`
//! fetcher_suite::faults!(FETCHER, header_fields: 128); // if its library accepts no more
//! ```

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "each case is the body of a test, and panics to fail it"
)]

use std::fs;
use std::io::{BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use demo_site::Site;
use socket2::SockRef;
use tempfile::tempdir;

use crate::conformance::{
    Fetcher, Limits, Outcome, SIGNALS, TEST_AUTHORITY, assert_exit, command, files, finish, rows,
    run, runs_here, signal, spawn, text, trusting, wait_until, write_list,
};
use crate::scripts::{
    accept, answer_all, close, head, page, read_to_end, redirect, request, send, serve, site, urls,
};

/// Makes one test of each case.
#[macro_export]
macro_rules! faults {
    ($fetcher:expr) => {
        $crate::faults!($fetcher, header_fields: 250);
    };
    ($fetcher:expr, header_fields: $most:expr) => {
        #[test]
        fn headers_of_real_servers_are_accepted() {
            let _limit = $crate::limit();
            $crate::faults::headers_of_real_servers_are_accepted($fetcher, $most);
        }
        $crate::cases!(faults, $fetcher;
            a_body_that_breaks_off_is_no_page
            a_body_with_a_clear_end_is_a_page
            a_body_with_an_unknown_encoding_is_no_page
            a_body_with_unclear_chunks_is_no_page
            responses_1xx_are_passed_over
            a_head_without_end_is_an_error
            every_request_says_what_sent_it
            a_redirect_leads_where_the_standards_say
            a_redirect_to_no_http_url_is_an_error_and_asks_for_nothing
            a_redirect_in_latin_1_leads_nowhere_else
            a_redirect_is_followed_whatever_its_body
            a_server_that_closes_after_each_answer_costs_no_page
            an_answer_about_a_kept_connection_costs_no_page
            what_arrives_on_an_idle_connection_is_no_page
            a_kept_connection_is_for_its_own_server_only
            a_body_that_nobody_reads_is_not_the_next_response
            each_request_has_a_time_of_its_own
            open_connections_follow_the_limit_and_not_the_hosts
            program_takes_no_https_page_without_its_end
            program_gives_an_odd_line_its_own_row
            program_draws_odd_urls_as_xml
            program_writes_through_no_link_and_waits_for_no_fifo
            program_leaves_no_half_file
            program_prints_nothing_that_turns_the_text_around
            program_goes_on_after_it_was_stopped
        );
    };
}

/// How the server ends the connection after its answer.
#[derive(Clone, Copy)]
enum Ending {
    /// It closes, and waits for the client to do so too.
    Close,
    /// It resets the connection.
    Reset,
    /// It waits for the client to close.
    Stay,
}

/// Fetches one page from a server that answers with these bytes.
fn answer(fetcher: Fetcher, answer: &str, ending: Ending) -> Outcome {
    let answer = answer.to_owned();
    // A request that may be repeated is sent again, so every connection gets the same answer.
    let url = serve(move |mut stream| {
        request(&mut stream);
        send(&mut stream, &answer);
        match ending {
            Ending::Close => close(stream),
            Ending::Stay => read_to_end(stream),
            Ending::Reset => {
                // A reset discards what has not arrived yet.
                thread::sleep(Duration::from_millis(100));
                let _ = SockRef::from(stream.get_ref()).set_linger(Some(Duration::ZERO));
            }
        }
    });
    (fetcher.fetch)(&[format!("{url}/")], Limits::default()).remove(0)
}

#[track_caller]
fn assert_body(found: &Outcome, body: &str, what: &str) {
    let expected = Ok((200, body.as_bytes().to_owned()));
    assert_eq!(*found, expected, "{what}: {}", text(found));
}

fn head_with(fields: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{fields}\r\n")
}

/// Silent data loss otherwise: anyone on the path could cut a page short.
pub fn a_body_that_breaks_off_is_no_page(fetcher: Fetcher) {
    let large = "h".repeat(200_000);
    let chunked = head_with("Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n";
    let longer = head_with("Content-Length: 300000\r\n") + &large;
    let nine = head_with("Transfer-Encoding: identity\r\nContent-Length: 9\r\n") + "hello";
    for (answered, ending) in [
        (&(head_with("") + "hello"), Ending::Reset),
        (&(head_with("") + &large), Ending::Reset),
        (&format!("HTTP/1.0 200 OK\r\n\r\n{large}"), Ending::Reset),
        (
            &(head_with("Connection: close\r\n") + &large),
            Ending::Reset,
        ),
        (&longer, Ending::Reset),
        (&longer, Ending::Close),
        (&nine, Ending::Close),
        (&chunked, Ending::Reset),
        (&chunked, Ending::Close),
    ] {
        let found = answer(fetcher, answered, ending);
        let start: String = answered.chars().take(60).collect();
        assert!(found.is_err(), "{start:?}: {}", text(&found));
    }
}

/// By a length, by a last chunk, or by the end of the connection: what happens after it is no error.
pub fn a_body_with_a_clear_end_is_a_page(fetcher: Fetcher) {
    let chunked = |coding: &str, chunks: &str| {
        head_with(&format!("Transfer-Encoding: {coding}\r\n")) + chunks + "0\r\n\r\n"
    };
    let bare_lf = "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello";
    let identity = "Transfer-Encoding: identity\r\n";
    let both = head_with(&format!("{identity}Content-Length: 5\r\n"));
    for (answered, ending) in [
        (head_with("") + "hello", Ending::Close),
        ("HTTP/1.0 200 OK\r\n\r\nhello".to_owned(), Ending::Close),
        (head_with("Content-Length: 5\r\n") + "hello", Ending::Reset),
        (chunked("chunked", "5\r\nhello\r\n"), Ending::Reset),
        (chunked("Chunked", "5\r\nhello\r\n"), Ending::Close),
        (chunked("chunked", "5  \r\nhello\r\n"), Ending::Close),
        (
            chunked("chunked", "0005;a=\"b\"\r\nhello\r\n"),
            Ending::Close,
        ),
        (
            chunked("chunked", &format!("5;a={}\r\nhello\r\n", "b".repeat(1000))),
            Ending::Close,
        ),
        (
            head_with("Transfer-Encoding: chunked\r\n")
                + "5\r\nhello\r\n0\r\nX: folded\r\n here\r\n\r\n",
            Ending::Close,
        ),
        (head_with(identity) + "hello", Ending::Close),
        (both + "hello", Ending::Stay),
        (bare_lf.to_owned(), Ending::Stay),
    ] {
        assert_body(&answer(fetcher, &answered, ending), "hello", &answered);
    }
}

/// Its end cannot be found, or its bytes are not the page's.
pub fn a_body_with_an_unknown_encoding_is_no_page(fetcher: Fetcher) {
    for (version, coding) in [
        ("1.1", "gzip, chunked"),
        ("1.1", "chunked, gzip"),
        ("1.1", "identity, chunked"),
        ("1.1", "gzip\r\nTransfer-Encoding: chunked"),
        ("1.1", "chunked\r\nTransfer-Encoding: gzip"),
        ("1.1", "xchunked"),
        ("1.1", ""),
        ("1.0", "chunked"),
    ] {
        let answered = format!(
            "HTTP/{version} 200 OK\r\nTransfer-Encoding: {coding}\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        );
        let found = answer(fetcher, &answered, Ending::Close);
        assert!(found.is_err(), "{version}, {coding}: {}", text(&found));
    }
}

/// Readers who disagree on its size disagree where the answer ends (RFC 9112, 7.1). Sent at once, and
/// byte by byte.
pub fn a_body_with_unclear_chunks_is_no_page(fetcher: Fetcher) {
    for chunks in [
        "+5\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "\t5\r\nhello\r\n0\r\n\r\n",
        "5 5\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "5;x=\ny\r\nhello\r\n0\r\n\r\n",
        "5;x\nhello\r\n0\r\n\r\n",
        "5\r\nhello!\r\n0\r\n\r\n",
        "5\r\nhello\r\n+0\r\n\r\n",
    ] {
        let head = head_with("Transfer-Encoding: chunked\r\n");
        let found = answer(fetcher, &(head.clone() + chunks), Ending::Close);
        assert!(found.is_err(), "{chunks:?}: {}", text(&found));
        let (mut bytes, found) = (head.into_bytes(), chunks.to_owned());
        bytes.extend(found.bytes());
        let found = in_pieces(fetcher, bytes);
        assert!(found.is_err(), "{chunks:?} in pieces: {}", text(&found));
    }
    let good = head_with("Transfer-Encoding: chunked\r\n")
        + "A ;a=\"b;c\";d\r\nhello, you\r\n0003;e\r\nall\r\n0;f\r\nX: y\r\n\r\n";
    let found = in_pieces(fetcher, good.into_bytes());
    assert_body(&found, "hello, youall", "in pieces");
}

/// Fetches one page from a server that sends these bytes one at a time.
fn in_pieces(fetcher: Fetcher, bytes: Vec<u8>) -> Outcome {
    let url = serve(move |mut stream| {
        request(&mut stream);
        let _ = stream.get_ref().set_nodelay(true);
        for byte in &bytes {
            let _ = stream.get_mut().write_all(&[*byte]);
            thread::yield_now();
        }
        close(stream);
    });
    (fetcher.fetch)(&[format!("{url}/")], Limits::default()).remove(0)
}

/// They may have header fields, and a client must accept them (RFC 9110, 15.2).
pub fn responses_1xx_are_passed_over(fetcher: Fetcher) {
    for interim in [
        "100 Continue\r\n",
        "100 Continue\r\nX-Folded: a\r\n b\r\n",
        "103 Early Hints\r\nLink: </x>; rel=preload\r\nContent-Length: 9\r\n",
        "199 Odd\r\n",
    ] {
        let three = format!("HTTP/1.1 {interim}\r\n").repeat(3);
        let answered = three + &head_with("Content-Length: 5\r\n") + "hello";
        assert_body(&answer(fetcher, &answered, Ending::Close), "hello", interim);
        assert_body(&in_pieces(fetcher, answered.into()), "hello", interim);
    }
    let switches = "HTTP/1.1 101 Switching\r\n\r\n".to_owned() + &head_with("") + "hello";
    let found = answer(fetcher, &switches, Ending::Close);
    assert!(found.is_err(), "{}", text(&found));
}

/// A header that goes on in the next line (RFC 9112, 5.2), and as many fields as the fetcher is said
/// to accept, `Content-Length` included.
pub fn headers_of_real_servers_are_accepted(fetcher: Fetcher, most: usize) {
    let many: String = (1..most).map(|i| format!("X-{i}: y\r\n")).collect();
    for fields in ["X-Folded: a\r\n b\r\n\tc\r\n", &many] {
        let answered = head_with(&format!("{fields}Content-Length: 5\r\n")) + "hello";
        let found = answer(fetcher, &answered, Ending::Close);
        assert_body(&found, "hello", &fields[..8]);
    }
}

/// A server must not fill the memory with header fields, and the error names them.
pub fn a_head_without_end_is_an_error(fetcher: Fetcher) {
    let fields: String = (0..100_000).map(|i| format!("X-{i}: y\r\n")).collect();
    let field = format!("X-Long: {}\r\n", "y".repeat(1_000_000));
    for endless in [fields, field] {
        let answered = head_with(&format!("{endless}Content-Length: 5\r\n")) + "hello";
        let error = answer(fetcher, &answered, Ending::Close).unwrap_err();
        assert!(error.contains("head"), "{error}");
    }
}

/// Many servers refuse a request without a User-Agent (RFC 9110, 10.1.5).
pub fn every_request_says_what_sent_it(fetcher: Fetcher) {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        let head = head(&mut stream);
        send(&mut stream, "HTTP/1.1 204 No Content\r\n\r\n");
        head.to_lowercase()
    });
    let found = (fetcher.fetch)(&urls(&url, &["/"]), Limits::default());
    assert!(found[0].is_ok(), "{}", text(&found[0]));
    let head = served.join().unwrap();
    let host = url.replace("http://", "\nhost: ");
    for field in ["\nuser-agent: ", "\naccept: */*", &host] {
        assert!(head.contains(field), "{head}");
    }
}

/// A server that redirects `/d/e/r?N` to the Nth location, where `HERE` means its own address, and
/// answers every other path with this path. Also the number of requests that it got.
fn redirecting(locations: &[&str]) -> (String, Arc<AtomicUsize>) {
    let locations: Vec<String> = locations.iter().map(ToString::to_string).collect();
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let url = serve(move |stream| {
        let here = stream.get_ref().local_addr().unwrap().to_string();
        answer_all(stream, |target| {
            counter.fetch_add(1, Ordering::Relaxed);
            let number = target.strip_prefix("/d/e/r?");
            match number.and_then(|number| locations.get(number.parse::<usize>().ok()?)) {
                Some(location) => redirect(&location.replace("HERE", &here)),
                None => page(target),
            }
        });
    });
    (url, asked)
}

fn redirects(url: &str, count: usize) -> Vec<String> {
    (0..count).map(|i| format!("{url}/d/e/r?{i}")).collect()
}

/// RFC 3986, 5.2, and for what it leaves out the URL standard of browsers.
pub fn a_redirect_leads_where_the_standards_say(fetcher: Fetcher) {
    let cases = [
        ("?page=2", "/d/e/r?page=2"),
        ("?u=/x/../y", "/d/e/r?u=/x/../y"),
        ("x", "/d/e/x"),
        ("./x", "/d/e/x"),
        ("../x", "/d/x"),
        ("../../../../x", "/x"),
        ("..", "/d/"),
        ("/a/./b/../c", "/a/c"),
        ("//HERE/t1", "/t1"),
        ("http://HERE/a/../w", "/w"),
        ("HTTP://HERE/up", "/up"),
        ("http://HERE", "/"),
        ("http://HERE?q=1", "/?q=1"),
        ("/f#part", "/f"),
        ("/a b", "/a%20b"),
        ("/q?a=b c", "/q?a=b%20c"),
        ("/caf\u{e9}", "/caf%C3%A9"),
        ("/q?\u{65e5}", "/q?%E6%97%A5"),
        ("/a//b", "/a//b"),
        ("/to?url=http://x/y", "/to?url=http://x/y"),
        ("/a:b", "/a:b"),
        (";x", "/d/e/;x"),
        ("/p%2Fq%20r", "/p%2Fq%20r"),
    ];
    let (url, _) = redirecting(&cases.map(|(location, _)| location));
    let found = (fetcher.fetch)(&redirects(&url, cases.len()), Limits::default());
    for ((location, target), found) in cases.iter().zip(&found) {
        assert_body(found, target, location);
    }
}

/// Not a page of the server that sent it, and no other.
pub fn a_redirect_to_no_http_url_is_an_error_and_asks_for_nothing(fetcher: Fetcher) {
    let locations = [
        "mailto:a@b",
        "ftp://HERE/x",
        "file:///etc/hostname",
        "javascript:1",
        "data:,x",
        "http://HERE0000/",
    ];
    let (url, asked) = redirecting(&locations);
    let found = (fetcher.fetch)(&redirects(&url, locations.len()), Limits::default());
    for (location, found) in locations.iter().zip(&found) {
        assert!(found.is_err(), "{location}: {}", text(found));
    }
    assert_eq!(asked.load(Ordering::Relaxed), locations.len());
}

/// Bytes that are not UTF-8 are percent-coded, as browsers do, or the redirect is not followed.
pub fn a_redirect_in_latin_1_leads_nowhere_else(fetcher: Fetcher) {
    let url = serve(|mut stream| {
        if request(&mut stream) == "/" {
            let moved = b"HTTP/1.1 302 Found\r\nLocation: /caf\xe9\r\nContent-Length: 0\r\n\r\n";
            let _ = stream.get_mut().write_all(moved);
        }
        answer_all(stream, page);
    });
    let found = (fetcher.fetch)(&[format!("{url}/")], Limits::default());
    match &found[0] {
        Ok((_, target)) => assert_eq!(target, b"/caf%E9"),
        Err(error) => assert_eq!(error, "HTTP status 302"),
    }
}

/// Endless, never there, broken off or large: nobody reads it.
pub fn a_redirect_is_followed_whatever_its_body(fetcher: Fetcher) {
    for (fields, body, endless) in [
        ("Transfer-Encoding: chunked", "4\r\nxxxx\r\n", true),
        ("Content-Length: 1000", "abc", false),
        ("X-No: length", "abc", false),
        ("Transfer-Encoding: gzip, chunked", "abc", false),
        ("Transfer-Encoding: chunked", "zz\r\n", false),
        ("Content-Length: 3000000", &"b".repeat(3_000_000), false),
    ] {
        let body = body.to_owned();
        let url = serve(move |mut stream| {
            if request(&mut stream) == "/there" {
                return send(&mut stream, &page("there"));
            }
            let head = format!("HTTP/1.1 302 Found\r\nLocation: /there\r\n{fields}\r\n\r\n");
            send(&mut stream, &head);
            while stream.get_mut().write_all(body.as_bytes()).is_ok() && endless {}
            read_to_end(stream);
        });
        let limits = Limits::timeout(Duration::from_secs(20));
        let found = (fetcher.fetch)(&[format!("{url}/")], limits);
        assert_body(&found[0], "there", fields);
    }
}

/// The server gave up on a kept connection, and says so when it is used again (RFC 9110, 15.5.9 and
/// 15.5.20). On a new connection the same status is the page's.
pub fn an_answer_about_a_kept_connection_costs_no_page(fetcher: Fetcher) {
    for status in [408, 421] {
        let error = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        let again = error.clone();
        let url = serve(move |mut stream| {
            let target = request(&mut stream);
            send(&mut stream, &page(&target));
            answer_all(stream, |_| again.clone());
        });
        let targets: Vec<String> = (0..6).map(|i| format!("/{i}")).collect();
        let urls: Vec<String> = targets.iter().map(|target| url.clone() + target).collect();
        let found = (fetcher.fetch)(&urls, Limits::concurrency(1));
        for (found, target) in found.iter().zip(&targets) {
            assert_body(found, target, "on a new connection");
        }
        let found = answer(fetcher, &error, Ending::Close);
        assert_eq!(found, Err(format!("HTTP status {status}")));
    }
}

/// Nobody asked for it, so it answers no request (RFC 9112, 9.2).
pub fn what_arrives_on_an_idle_connection_is_no_page(fetcher: Fetcher) {
    let unasked = Arc::new(AtomicUsize::new(0));
    let sent = Arc::clone(&unasked);
    let url = serve(move |mut stream| {
        loop {
            let target = request(&mut stream);
            if target.is_empty() {
                return;
            }
            send(&mut stream, &page(&target));
            // When the client has read its answer.
            thread::sleep(Duration::from_millis(20));
            send(&mut stream, &page("unasked"));
            sent.fetch_add(1, Ordering::SeqCst);
        }
    });
    // In between, the client asks another server, which waits until the connection is not quiet.
    let (waited_for, asked) = (unasked, AtomicUsize::new(0));
    let between = serve(move |stream| {
        answer_all(stream, |target| {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            wait_until("it was sent", || waited_for.load(Ordering::SeqCst) > number);
            page(target)
        });
    });
    let targets: Vec<String> = (0..12).map(|i| format!("/{i}")).collect();
    let sites = [url, between].into_iter().cycle();
    let urls: Vec<String> = sites.zip(&targets).map(|(site, to)| site + to).collect();
    let found = (fetcher.fetch)(&urls, Limits::concurrency(1));
    for (found, target) in found.iter().zip(&targets) {
        assert_body(found, target, target);
    }
}

/// It promises to keep the connection, and closes it after one answer: some at once, some 1 or 10 ms
/// later, when the next request may have been sent.
pub fn a_server_that_closes_after_each_answer_costs_no_page(fetcher: Fetcher) {
    let asked = AtomicUsize::new(0);
    let url = serve(move |mut stream| {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        let target = request(&mut stream);
        send(&mut stream, &page(&target));
        thread::sleep(Duration::from_millis([0, 1, 10][number % 3]));
        close(stream);
    });
    let targets: Vec<String> = (0..60).map(|i| format!("/{i}")).collect();
    let all: Vec<String> = targets
        .iter()
        .map(|target| format!("{url}{target}"))
        .collect();
    let found = (fetcher.fetch)(&all, Limits::default());
    for (target, found) in targets.iter().zip(&found) {
        assert_body(found, target, target);
    }
}

/// Two servers on one host, and names of equal length: a request never goes to the other one.
pub fn a_kept_connection_is_for_its_own_server_only(fetcher: Fetcher) {
    let servers = ["one", "two"].map(|name| {
        let url = serve(move |stream| answer_all(stream, |_| page(name)));
        (url, name)
    });
    let asked = || servers.iter().cycle().take(8);
    let urls: Vec<String> = asked().map(|(url, _)| format!("{url}/")).collect();
    let found = (fetcher.fetch)(&urls, Limits::concurrency(1));
    for ((url, name), found) in asked().zip(&found) {
        assert_body(found, name, url);
    }
}

/// The head of an error or a redirect is here, its body is not: it may arrive at any time, so the
/// connection cannot be used again.
pub fn a_body_that_nobody_reads_is_not_the_next_response(fetcher: Fetcher) {
    for first in [
        "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        let url = serve(move |mut stream| {
            if request(&mut stream) == "/a" {
                send(&mut stream, first);
                answer_all(stream, |_| page("not this one"));
            } else {
                send(&mut stream, &page("b"));
                answer_all(stream, |_| page("b"));
            }
        });
        let limits = Limits::concurrency(1);
        let found = (fetcher.fetch)(&urls(&url, &["/a", "/b"]), limits);
        assert_body(&found[1], "b", first);
        match &found[0] {
            Ok(_) => assert_body(&found[0], "b", first),
            Err(error) => assert!(error.starts_with("HTTP status "), "{first}: {error}"),
        }
    }
}

/// Three requests on one connection take longer than one may. None of them is late, and none is sent
/// again because the time of the first is over.
pub fn each_request_has_a_time_of_its_own(fetcher: Fetcher) {
    let site = Site::start().unwrap();
    let url = site.url("/page/a?delay=2100ms&size=10");
    let limits = Limits {
        concurrency: 1,
        ..Limits::timeout(Duration::from_secs(6))
    };
    let found = (fetcher.fetch)(&[url.clone(), url.clone(), url], limits);
    assert!(found.iter().all(Result::is_ok), "{found:?}");
    assert_eq!(site.counts().requests, 3);
}

/// 250 servers, and 250 more that redirect to as many others: what is open follows the limit of four.
pub fn open_connections_follow_the_limit_and_not_the_hosts(fetcher: Fetcher) {
    let needed = "hundreds of loopback addresses need Linux";
    if !runs_here(cfg!(target_os = "linux"), needed) {
        return;
    }
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let counts = (Arc::clone(&open), Arc::clone(&most));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (open, most) = (Arc::clone(&counts.0), Arc::clone(&counts.1));
            // Counted before the answer: the client has it open by then.
            most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::spawn(move || {
                answer_all(BufReader::new(stream), |target| {
                    match target.strip_prefix("/to/") {
                        Some(host) => redirect(&format!("http://{host}:{port}/")),
                        None => page("there"),
                    }
                });
                open.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    let host = |i: usize, net: usize| format!("127.0.{net}.{}", i + 1);
    let direct = (0..250).map(|i| format!("http://{}:{port}/", host(i, 1)));
    let redirected = (0..250).map(|i| format!("http://{}:{port}/to/{}", host(i, 2), host(i, 3)));
    for urls in [direct.collect::<Vec<_>>(), redirected.collect()] {
        most.store(0, Ordering::SeqCst);
        let found = (fetcher.fetch)(&urls, Limits::default());
        for (found, url) in found.iter().zip(&urls) {
            assert_body(found, "there", url);
        }
        // Of each of the four: one in flight and a few kept, and what the server sees closed later.
        let most = most.load(Ordering::SeqCst);
        assert!(most <= 40, "{most} connections were open at the same time");
    }
}

/// TLS has an end of its own. Without it, anyone on the path could have cut the page short.
pub fn program_takes_no_https_page_without_its_end(fetcher: Fetcher) {
    if !fetcher.https || !runs_here(cfg!(target_os = "linux"), TEST_AUTHORITY) {
        return;
    }
    let server = Site::start_tls(demo_site::tls::Certificate::Valid).unwrap();
    let folder = tempdir().unwrap();
    let page = server.url("/page/secret?size=1000&close");
    let address = page.split('/').nth(2).unwrap().to_owned();
    let cut = without_the_end(address.clone());
    let mut program = trusting(fetcher, folder.path(), &server);
    program.args(["--json", "--timeout", "20s"]);
    program.args([&page, &page.replace(&address, &cut)]);
    let output = finish(spawn(&mut program));
    assert_exit(&output, 1);
    let rows = rows(&output.stdout);
    assert_eq!(rows[0]["bytes"], 1000, "{}", rows[0]);
    // The proxy answers, so it is the end that is missing, and not the connection.
    let error = rows[1]["error"].as_str().unwrap().to_lowercase();
    let says = ["close_notify", "eof", "closed", "broken off"];
    assert!(says.iter().any(|says| error.contains(says)), "{error}");
}

/// The address of a proxy to a TLS server that leaves out the last record of each connection: the
/// server's `close_notify`.
fn without_the_end(server: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut upstream = TcpStream::connect(&server).unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut from, &mut to));
            let mut last: Vec<u8> = Vec::new();
            let mut header = [0; 5];
            while upstream.read_exact(&mut header).is_ok() {
                // The record before this one was not the last, unless this one never comes.
                if !last.is_empty() && header[0] == 23 {
                    let _ = client.write_all(&last);
                    last.clear();
                }
                let mut record = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
                upstream.read_exact(&mut record).unwrap();
                last.extend_from_slice(&header);
                last.extend_from_slice(&record);
                // A `close_notify` is short: with TLS 1.3 24 bytes, as the end of a page may be too.
                if record.len() != 19 {
                    let _ = client.write_all(&last);
                    last.clear();
                }
            }
            let _ = client.shutdown(Shutdown::Both);
        }
    });
    address
}

/// In a list, a URL that looks wrong is fetched or refused like any other; if it fails, the row says
/// in which line it is. What is no URL at all is refused before the first request.
pub fn program_gives_an_odd_line_its_own_row(fetcher: Fetcher) {
    let server = Site::start().unwrap();
    let folder = tempdir().unwrap();
    let good = server.url("/page/good?size=10");
    let odd = [
        "http://b\u{fc}cher.invalid/".to_owned(),
        server.url("/a b"),
        server.url("/<a>"),
        "http://127.0.0.1:99999/".to_owned(),
        "http:///path".to_owned(),
        "http://a b/".to_owned(),
    ];
    let mut lines = vec![good.clone()];
    lines.extend_from_slice(&odd);
    lines.push(good.clone());
    let mut program = command(fetcher);
    program.args(["--json", "--from"]);
    let output = finish(spawn(program.arg(write_list(folder.path(), &lines))));
    assert_exit(&output, 1);
    let rows = rows(&output.stdout);
    assert_eq!(rows.len(), lines.len());
    for (number, (row, line)) in rows.iter().zip(&lines).enumerate() {
        assert_eq!(row["url"], **line);
        if *line == good {
            assert_eq!(row["bytes"], 10, "{row}");
        } else {
            let error = row["error"].as_str().expect("there is no such page");
            let place = format!("line {} of ", number + 1);
            assert!(error.starts_with(&place), "{error}");
        }
    }
}

/// XML has no U+FFFE and U+FFFF, and browsers show an error instead of such a picture.
pub fn program_draws_odd_urls_as_xml(fetcher: Fetcher) {
    let server = Site::start().unwrap();
    let folder = tempdir().unwrap();
    let file = folder.path().join("out.svg");
    let odd = [
        "/a&b<c",
        "/\u{fffe}\u{ffff}",
        "/a\u{202e}b",
        "/'\"]]>",
        "/\u{1f4a9}",
    ];
    let mut program = command(fetcher);
    program.arg("--timeline").arg(&file);
    let output = finish(spawn(program.args(odd.map(|path| server.url(path)))));
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    let drawing = fs::read_to_string(&file).unwrap();
    let is_allowed = |c: char| matches!(c, '\n' | ' '..='\u{7e}' | '\u{a0}'..);
    let is_forbidden = |c: char| matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{202e}');
    for c in drawing.chars() {
        assert!(is_allowed(c) && !is_forbidden(c), "{c:?}: {drawing}");
    }
    // Each `<` begins a tag, and each `&` a reference.
    for (place, _) in drawing.match_indices('<') {
        let next = drawing[place + 1..].chars().next().unwrap();
        assert!(next == '/' || next.is_ascii_alphabetic(), "{drawing}");
    }
    for (place, _) in drawing.match_indices('&') {
        let end = drawing[place..].find(';').unwrap();
        assert!(end <= 6, "{drawing}");
    }
}

/// Another user may have put a link or a FIFO where a file is going to be.
#[cfg(unix)]
pub fn program_writes_through_no_link_and_waits_for_no_fifo(fetcher: Fetcher) {
    use std::os::unix::fs::symlink;
    let server = Site::start().unwrap();
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let victim = folder.join("victim");
    fs::write(&victim, "precious").unwrap();
    let pages = folder.join("pages");
    let page = server.url("/page/a?size=10");
    let save = || {
        let mut program = command(fetcher);
        program.args(["--json", "--save"]).arg(&pages);
        finish(spawn(program.args([&page, &page])))
    };
    // The names that it gives to its files.
    assert_exit(&save(), 0);
    let names = files(&pages);
    fs::remove_file(&names[0]).unwrap();
    symlink(&victim, &names[0]).unwrap();
    fs::remove_file(&names[1]).unwrap();
    make_fifo(&names[1]);
    let output = save();
    assert_exit(&output, 1);
    for row in rows(&output.stdout) {
        let error = row["error"].as_str().unwrap();
        assert!(
            error.contains("cannot be saved") && error.contains("not a regular file"),
            "{error}"
        );
    }
    let [link, fifo] = ["link.svg", "fifo.svg"].map(|name| folder.join(name));
    symlink(&victim, &link).unwrap();
    make_fifo(&fifo);
    for file in [link, fifo] {
        let mut program = command(fetcher);
        let output = finish(spawn(program.arg("--timeline").arg(file).arg(&page)));
        assert_exit(&output, 2);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains("not a regular file"), "{error}");
    }
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
}

#[cfg(unix)]
fn make_fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.is_ok_and(|status| status.success()));
}

/// Other systems have no FIFOs, and links need a privilege.
#[cfg(not(unix))]
pub fn program_writes_through_no_link_and_waits_for_no_fifo(_: Fetcher) {
    runs_here(false, "links and FIFOs need Unix");
}

/// When the disk is full, which here is the system's limit on the size of a file.
pub fn program_leaves_no_half_file(fetcher: Fetcher) {
    let needed = "a limit on the size of a file needs Linux";
    if !runs_here(cfg!(target_os = "linux"), needed) {
        return;
    }
    let server = Site::start().unwrap();
    let folder = tempdir().unwrap();
    let pages = folder.path().join("pages");
    let small = server.url("/page/small?size=100");
    let large = server.url("/page/large?size=100000");
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "-"])
        .arg(fetcher.program)
        .args(["--json", "--save"])
        .arg(&pages)
        .args([&small, &large])
        .output()
        .unwrap();
    assert_exit(&output, 1);
    let rows = rows(&output.stdout);
    assert_eq!(rows[0]["bytes"], 100, "{}", rows[0]);
    let error = rows[1]["error"].as_str().unwrap();
    assert!(error.contains("cannot be saved"), "{error}");
    let files = files(&pages);
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].metadata().unwrap().len(), 100);
}

/// From a URL, a list, a path or a server's words: nothing that moves the cursor or turns the text.
pub fn program_prints_nothing_that_turns_the_text_around(fetcher: Fetcher) {
    let turning = [
        '\u{202e}', '\u{2066}', '\u{200f}', '\u{61c}', '\u{9b}', '\u{2028}',
    ];
    let url = serve(|stream| {
        answer_all(stream, |_| redirect("evil:\u{202e}\u{2066}\u{9b}x"));
    });
    let target = format!("{url}/\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}txt");
    let folder = tempdir().unwrap();
    let saved = folder.path().join("a\u{202e}b").display().to_string();
    let said = |output: &Output| {
        let text = [output.stdout.clone(), output.stderr.clone()].concat();
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains(turning), "{text:?}");
        text
    };
    for arguments in [
        &["--json", &target][..],
        &[&target, &target],
        &["--save", &saved, &target],
        &["--from", "\u{202e}missing"],
        &["evil\u{202e}.example"],
    ] {
        let output = run(fetcher, arguments);
        let said = said(&output);
        assert!(said.contains("u202e") || said.contains("u{202e}"), "{said}");
    }
    // Escaped, a row of JSON still has the same URL.
    let output = run(fetcher, &["--json", &target]);
    assert_eq!(rows(&output.stdout)[0]["url"], *target);
}

/// As a laptop that sleeps, or Ctrl-Z and `fg`: the time counts. Requests whose time is over fail, and
/// all others go on.
pub fn program_goes_on_after_it_was_stopped(fetcher: Fetcher) {
    if !runs_here(cfg!(unix), SIGNALS) {
        return;
    }
    let server = Site::start().unwrap();
    let urls: Vec<String> = (0..12)
        .map(|i| server.url(&format!("/page/{i}?delay=200ms&size=10")))
        .collect();
    let mut program = command(fetcher);
    program.args(["--json", "--timeout", "2s", "--concurrency", "4"]);
    let child = spawn(program.args(&urls));
    wait_until("four are asked for", || server.counts().requests >= 4);
    signal(&child, "-STOP");
    thread::sleep(Duration::from_secs(3));
    signal(&child, "-CONT");
    let output = finish(child);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    let rows = rows(&output.stdout);
    assert_eq!(rows.len(), urls.len());
    let failed = rows.iter().filter_map(|row| row["error"].as_str());
    let failed: Vec<_> = failed.collect();
    let is_late = failed.iter().all(|error| *error == "timed out");
    assert!(failed.len() <= 4 && is_late, "{failed:?}");
}

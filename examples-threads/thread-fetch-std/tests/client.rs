//! Connections kept, closed and given up, against sites that follow a script.

use std::error::Error as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use thread_fetch_std::{FetchError, Limits, Page, fetch_all, fetch_each};

const ONE_WORKER: Limits = Limits {
    concurrency: 1,
    timeout: Duration::from_secs(30),
    max_body: 1 << 20,
};

/// A site that does what `script` says, and its address.
fn site<T: Send + 'static>(
    script: impl FnOnce(TcpListener) -> T + Send + 'static,
) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    let url = format!("http://{address}");
    (url, thread::spawn(move || script(listener)))
}

fn accept(listener: &TcpListener) -> BufReader<TcpStream> {
    BufReader::new(listener.accept().expect("the client connects").0)
}

/// Reads a request and returns its target; empty if the client closed.
fn request(stream: &mut BufReader<TcpStream>) -> String {
    let mut lines = stream.lines().map(|line| line.unwrap_or_default());
    let first = lines.next().unwrap_or_default();
    for line in lines {
        if line.is_empty() {
            break;
        }
    }
    first.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn send(stream: &mut BufReader<TcpStream>, text: &str) {
    // A client that has gone is for the test to judge.
    let _ = stream.get_mut().write_all(text.as_bytes());
}

fn page(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Whether somebody waits to be accepted. What connects to this machine waits at once.
fn is_asked(listener: &TcpListener) -> bool {
    let set = listener.set_nonblocking(true);
    set.expect("it is a socket");
    listener.accept().is_ok()
}

fn urls(site: &str, targets: &[&str]) -> Vec<String> {
    targets
        .iter()
        .map(|target| format!("{site}{target}"))
        .collect()
}

fn text(result: &Result<Page, FetchError>) -> String {
    match result {
        Ok(page) => String::from_utf8_lossy(&page.body).into_owned(),
        Err(FetchError::Http(error)) => format!("request failed: {error}"),
        Err(error) => error.to_string(),
    }
}

fn texts(results: &[Result<Page, FetchError>]) -> Vec<String> {
    results.iter().map(text).collect()
}

#[test]
fn answers_of_any_kind_leave_the_connection_usable() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        for answer in [
            page("a"),
            "HTTP/1.1 404 Not found\r\nContent-Length: 5\r\n\r\nnever".into(),
            "HTTP/1.1 302 Found\r\nLocation: d\r\nContent-Length: 0\r\n\r\n".into(),
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No content\r\n\r\n".into(),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ne\r\n0\r\n\r\n".into(),
        ] {
            request(&mut stream);
            send(&mut stream, &answer);
        }
        let last = request(&mut stream);
        send(&mut stream, &page(&last));
        is_asked(&listener)
    });
    let found = fetch_all(&urls(&url, &["/a", "/b", "/c", "/e", "/f"]), ONE_WORKER);
    assert_eq!(texts(&found), ["a", "HTTP status 404", "", "e", "/f"]);
    assert!(!served.join().unwrap(), "a second connection");
}

#[test]
fn a_kept_connection_that_was_closed_is_replaced_once() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("first"));
        assert_eq!(request(&mut stream), "/b");
        drop(stream); // As a site does whose patience with idle connections is over.
        let mut stream = accept(&listener);
        assert_eq!(request(&mut stream), "/b");
        send(&mut stream, &page("second"));
        assert_eq!(request(&mut stream), "/c");
        drop(stream);
        let mut stream = accept(&listener);
        assert_eq!(request(&mut stream), "/c");
        drop(stream);
        is_asked(&listener)
    });
    let found = fetch_all(&urls(&url, &["/a", "/b", "/c"]), ONE_WORKER);
    assert_eq!(texts(&found[..2]), ["first", "second"]);
    assert!(matches!(found[2], Err(FetchError::Http(_))), "{found:?}");
    assert!(!served.join().unwrap(), "asked a third time");
}

#[test]
fn an_answer_that_has_begun_is_not_asked_for_again() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("first"));
        request(&mut stream);
        send(&mut stream, "H");
        drop(stream);
        is_asked(&listener)
    });
    let found = fetch_all(&urls(&url, &["/a", "/b"]), ONE_WORKER);
    assert_eq!(text(&found[0]), "first");
    assert!(text(&found[1]).contains("closed"), "{found:?}");
    assert!(!served.join().unwrap(), "asked again");
}

/// What a site sends unasked is never taken for the next page: neither what comes with an answer,
/// nor what comes while the connection is idle.
#[test]
fn unasked_bytes_are_no_answer() {
    let (told, tell) = mpsc::channel();
    let (url, served) = site(move |listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &(page("a") + &page("EVIL")));
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("b"));
        // Long enough that the worker has read b by itself. If not, the two come in one piece, as
        // above, and the test is the easier one.
        thread::sleep(Duration::from_millis(100));
        send(&mut stream, &page("EVIL"));
        told.send(()).unwrap();
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("c"));
    });
    let mut found = Vec::new();
    fetch_each(&urls(&url, &["/a", "/b", "/c"]), ONE_WORKER, |fetched| {
        // Meanwhile the worker fetches /b, but not /c: it waits to hand /b over.
        if fetched.index == 0 {
            tell.recv().unwrap();
        }
        found.push(fetched.result);
    });
    assert_eq!(texts(&found), ["a", "b", "c"]);
    served.join().unwrap();
}

/// Each piece comes in time, the whole does not: head, chunks and redirects that drip.
#[test]
fn the_deadline_is_for_the_whole_request() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let redirect = "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n";
    for (start, piece, is_asked_again) in [
        ("HTTP/1.1 200 OK\r\n", "A: b\r\n", false),
        ("HTTP/1.1 200 OK\r\n\r\n", "x", false),
        (chunked, "1\r\nx\r\n", false),
        ("", redirect, true),
    ] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            send(&mut stream, start);
            // Without a deadline this ends: with a page, or with too many redirects.
            for _ in 0..30 {
                thread::sleep(Duration::from_millis(100));
                send(&mut stream, piece);
                if is_asked_again && request(&mut stream).is_empty() {
                    break;
                }
            }
        });
        let limits = Limits {
            timeout: Duration::from_millis(450),
            ..ONE_WORKER
        };
        let found = fetch_all(&urls(&url, &["/"]), limits);
        assert_eq!(texts(&found), ["timed out"], "{start:?}");
        served.join().unwrap();
    }
}

/// The system accepts for a site that never does: a request larger than its buffers stays behind.
#[test]
fn the_deadline_holds_while_the_request_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let path = "x".repeat(16 << 20);
    let url = format!("http://{}/{path}", listener.local_addr().unwrap());
    let limits = Limits {
        timeout: Duration::from_secs(2),
        ..ONE_WORKER
    };
    assert_eq!(texts(&fetch_all(&[url], limits)), ["timed out"]);
}

#[test]
fn no_timeout_is_too_long_or_too_short() {
    for (timeout, expected) in [
        (Duration::MAX, "in time"),
        (Duration::ZERO, "timed out"),
        (Duration::from_nanos(1), "timed out"),
    ] {
        let (url, served) = site(move |listener| {
            if timeout == Duration::MAX {
                let mut stream = accept(&listener);
                request(&mut stream);
                send(&mut stream, &page("in time"));
            }
        });
        let limits = Limits {
            timeout,
            ..ONE_WORKER
        };
        assert_eq!(texts(&fetch_all(&urls(&url, &["/"]), limits)), [expected]);
        served.join().unwrap();
    }
}

#[test]
fn a_redirect_to_https_says_what_can_follow_it() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(
            &mut stream,
            "HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
        );
    });
    let found = fetch_all(&urls(&url, &["/"]), ONE_WORKER);
    let error = found[0].as_ref().unwrap_err();
    let cause = error.source().unwrap().to_string();
    assert!(
        cause.contains("https") && cause.contains("thread-fetch"),
        "{cause}"
    );
    served.join().unwrap();
}

/// A name instead of an address.
#[test]
fn a_name_is_looked_up_and_its_addresses_tried() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("here"));
    });
    // It may stand for ::1 too, where nobody listens.
    let url = url.replace("127.0.0.1", "localhost");
    assert_eq!(texts(&fetch_all(&urls(&url, &["/"]), ONE_WORKER)), ["here"]);
    served.join().unwrap();
}

//! What a fetcher whose HTTP is written here holds to: connections kept, closed and given up,
//! against sites that follow a script. It joins in its `tests/conformance.rs`:
//!
//! ```text
//! fetcher_suite::scripts!(FETCHER); // as in `conformance`
//! ```
//!
//! One that leaves the HTTP to a crate, and keeps the connections, names the cases that are its own:
//! `fetcher_suite::scripts!(FETCHER; a_name_is_looked_up)`.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "each case is the body of a test, and panics to fail it"
)]

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::conformance::{Fetcher, Limits, Outcome};

/// Makes one test of each case.
#[macro_export]
macro_rules! scripts {
    ($fetcher:expr) => {
        $crate::scripts!($fetcher;
            answers_of_any_kind_leave_the_connection_usable
            a_kept_connection_that_was_closed_is_replaced_once
            an_answer_that_has_begun_is_not_asked_for_again
            the_deadline_is_for_the_whole_request
            the_deadline_holds_while_the_request_is_sent
            a_redirect_to_https_says_what_can_follow_it
            a_name_is_looked_up
        );
    };
    ($fetcher:expr; $($case:ident)*) => {
        $crate::cases!(scripts, $fetcher; $($case)*);
    };
}

pub(crate) fn one_at_a_time() -> Limits {
    Limits::concurrency(1)
}

/// The body of each page, or what its row says.
fn texts(outcomes: &[Outcome]) -> Vec<String> {
    let texts = outcomes.iter().map(|outcome| match outcome {
        Ok((_, body)) => String::from_utf8_lossy(body).into_owned(),
        Err(error) => error.clone(),
    });
    texts.collect()
}

/// A site that does what `script` says, and its address.
pub fn site<T: Send + 'static>(
    script: impl FnOnce(TcpListener) -> T + Send + 'static,
) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    let url = format!("http://{address}");
    (url, thread::spawn(move || script(listener)))
}

/// The address of a site that answers as long as the test runs: `script` has each connection, on a
/// thread of its own.
pub fn serve(script: impl Fn(BufReader<TcpStream>) + Send + Sync + 'static) -> String {
    let script = Arc::new(script);
    let (url, _served) = site(move |listener| {
        for stream in listener.incoming().flatten() {
            let script = Arc::clone(&script);
            thread::spawn(move || script(BufReader::new(stream)));
        }
    });
    url
}

/// Answers every request of this connection with what `answer` makes of its target.
pub fn answer_all(mut stream: BufReader<TcpStream>, answer: impl Fn(&str) -> String) {
    loop {
        let target = request(&mut stream);
        if target.is_empty() {
            return;
        }
        send(&mut stream, &answer(&target));
    }
}

/// The next connection.
pub fn accept(listener: &TcpListener) -> BufReader<TcpStream> {
    BufReader::new(listener.accept().expect("the client connects").0)
}

/// Reads a request and returns its target; empty if the client closed.
pub fn request(stream: &mut BufReader<TcpStream>) -> String {
    let head = head(stream);
    head.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Reads a request and returns its lines; empty if the client closed.
pub fn head(stream: &mut BufReader<TcpStream>) -> String {
    let lines = stream.lines().map(|line| line.unwrap_or_default());
    let lines: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// Sends these bytes.
pub fn send(stream: &mut BufReader<TcpStream>, text: &str) {
    // A client that has gone is for the test to judge.
    let _ = stream.get_mut().write_all(text.as_bytes());
}

/// An answer with this body.
pub fn page(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A redirect to there, without a body.
pub fn redirect(location: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
}

/// Closes the connection when the client has closed it. What is sent until then is not lost.
pub fn close(stream: BufReader<TcpStream>) {
    let _ = stream.get_ref().shutdown(Shutdown::Write);
    read_to_end(stream);
}

/// Keeps the connection open until the client closes it.
pub fn read_to_end(mut stream: BufReader<TcpStream>) {
    let _ = io::copy(&mut stream, &mut io::sink());
}

/// Whether somebody waits to be accepted. What connects to this machine waits at once, so this is
/// asked when the fetch is over: a client that came too often waits there, or did in vain.
pub fn is_asked(listener: &TcpListener) -> bool {
    let set = listener.set_nonblocking(true);
    set.expect("it is a socket");
    listener.accept().is_ok()
}

/// These targets on this site.
pub fn urls(site: &str, targets: &[&str]) -> Vec<String> {
    targets
        .iter()
        .map(|target| format!("{site}{target}"))
        .collect()
}

/// Six answers on one connection, whatever their framing and status.
pub fn answers_of_any_kind_leave_the_connection_usable(fetcher: Fetcher) {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        for answer in [
            page("a"),
            "HTTP/1.1 404 Not found\r\nContent-Length: 5\r\n\r\nnever".into(),
            redirect("d"),
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No content\r\n\r\n".into(),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ne\r\n0\r\n\r\n".into(),
        ] {
            request(&mut stream);
            send(&mut stream, &answer);
        }
        let last = request(&mut stream);
        send(&mut stream, &page(&last));
        listener
    });
    let urls = urls(&url, &["/a", "/b", "/c", "/e", "/f"]);
    let found = (fetcher.fetch)(&urls, one_at_a_time());
    assert_eq!(texts(&found), ["a", "HTTP status 404", "", "e", "/f"]);
    assert!(!is_asked(&served.join().unwrap()), "a second connection");
}

/// One retry on a new connection, and no more.
pub fn a_kept_connection_that_was_closed_is_replaced_once(fetcher: Fetcher) {
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
        listener
    });
    let found = (fetcher.fetch)(&urls(&url, &["/a", "/b", "/c"]), one_at_a_time());
    assert_eq!(texts(&found[..2]), ["first", "second"]);
    assert!(found[2].is_err(), "{found:?}");
    assert!(!is_asked(&served.join().unwrap()), "asked a third time");
}

/// A single byte of it is enough, also if it makes no sense.
pub fn an_answer_that_has_begun_is_not_asked_for_again(fetcher: Fetcher) {
    for (answer, words) in [("H", "closed"), ("What?\r\n\r\n", "")] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            for answer in [&page("first"), answer] {
                request(&mut stream);
                send(&mut stream, answer);
            }
            listener
        });
        let found = (fetcher.fetch)(&urls(&url, &["/a", "/b"]), one_at_a_time());
        assert_eq!(texts(&found)[0], "first");
        assert!(found[1].is_err(), "{answer:?}: {found:?}");
        assert!(texts(&found)[1].contains(words), "{answer:?}: {found:?}");
        assert!(!is_asked(&served.join().unwrap()), "asked again");
    }
}

/// Each piece comes in time, the whole does not: head, chunks and redirects that drip.
pub fn the_deadline_is_for_the_whole_request(fetcher: Fetcher) {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (start, piece, is_asked_again) in [
        ("HTTP/1.1 200 OK\r\n", "A: b\r\n".into(), false),
        ("HTTP/1.1 200 OK\r\n\r\n", "x".into(), false),
        (chunked, "1\r\nx\r\n".into(), false),
        ("", redirect("/"), true),
    ] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            send(&mut stream, start);
            // Without a deadline this ends: with a page, or with too many redirects.
            for _ in 0..30 {
                thread::sleep(Duration::from_millis(100));
                let is_gone = stream.get_mut().write_all(piece.as_bytes()).is_err();
                if is_gone || is_asked_again && request(&mut stream).is_empty() {
                    break;
                }
            }
        });
        let limits = Limits::timeout(Duration::from_millis(450));
        let found = (fetcher.fetch)(&urls(&url, &["/"]), limits);
        assert_eq!(texts(&found), ["timed out"], "{start:?}");
        served.join().unwrap();
    }
}

/// The system accepts for a site that never does: a request larger than its buffers stays behind.
pub fn the_deadline_holds_while_the_request_is_sent(fetcher: Fetcher) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let path = "x".repeat(16 << 20);
    let url = format!("http://{}/{path}", listener.local_addr().unwrap());
    let limits = Limits::timeout(Duration::from_secs(2));
    assert_eq!(texts(&(fetcher.fetch)(&[url], limits)), ["timed out"]);
}

/// Its own row says so, not the site.
pub fn a_redirect_to_https_says_what_can_follow_it(fetcher: Fetcher) {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &redirect("https://127.0.0.1/"));
    });
    let found = (fetcher.fetch)(&urls(&url, &["/"]), one_at_a_time());
    let said = &texts(&found)[0];
    assert!(said.contains("https:// needs TLS"), "{said}");
    served.join().unwrap();
}

/// A name instead of an address. Whether it has several is the machine's affair, so what happens
/// when one of them is silent is not tested here.
pub fn a_name_is_looked_up(fetcher: Fetcher) {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("here"));
    });
    // On some machines it stands for ::1 too, where nobody listens.
    let url = url.replace("127.0.0.1", "localhost");
    let found = (fetcher.fetch)(&urls(&url, &["/"]), one_at_a_time());
    assert_eq!(texts(&found), ["here"]);
    served.join().unwrap();
}

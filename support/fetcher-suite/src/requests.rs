//! What a fetcher promises to a caller who shapes the requests: methods, header fields, redirects, and
//! errors that say enough. It names the cases that it joins:
//!
//! ```text
//! fetcher_suite::requests!(thread_fetch, all, retry_after;
//!     a_redirect_changes_the_method_as_browsers_do
//! );
//! ```

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "each case is the body of a test, and panics to fail it"
)]

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use demo_site::Site;

use crate::scripts::{accept, head, is_asked, page, redirect, request, send, site};

/// Makes one test of each case that is named, for this fetcher. `$all` sends requests of its type
/// within limits, and `$retry_after` finds that header field of a page.
#[macro_export]
macro_rules! requests {
    ($fetcher:ident, $all:ident, $retry_after:ident; $($case:ident)*) => {
        fn fetch(
            requests: &[$crate::requests::Request],
        ) -> Vec<Result<$crate::requests::Page, $crate::requests::Failure>> {
            let one_at_a_time = $fetcher::Limits {
                concurrency: 1,
                timeout: std::time::Duration::from_secs(30),
                max_body: 1 << 20,
            };
            let requests = requests.iter().map(|asked| {
                let start = $fetcher::Request::new(asked.method, &asked.url);
                let headers = asked.headers.iter();
                headers.fold(start, |request, (name, value)| request.header(name, value))
            });
            let results = $all(requests.collect(), one_at_a_time).into_iter();
            results
                .map(|result| result.map(page).map_err(failure))
                .collect()
        }

        fn failure(error: $fetcher::FetchError) -> $crate::requests::Failure {
            let message = error.to_string();
            let page = match error {
                $fetcher::FetchError::Status(answer) => Some(page(*answer)),
                _ => None,
            };
            $crate::requests::Failure { message, page }
        }

        fn page(page: $fetcher::Page) -> $crate::requests::Page {
            $crate::requests::Page {
                retry_after: $retry_after(&page).map(str::to_owned),
                status: page.status,
                url: page.url,
                body: page.body,
            }
        }

        $crate::cases!(requests, fetch; $($case)*);
    };
}

/// A request as a caller shapes it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `GET`.
    pub method: &'static str,
    /// Where it is sent first.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(&'static str, &'static str)>,
}

impl Request {
    fn new(method: &'static str, url: &str) -> Self {
        Self {
            method,
            url: url.to_owned(),
            headers: Vec::new(),
        }
    }

    fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// A response whose body has arrived.
#[derive(Debug)]
pub struct Page {
    /// Such as 200.
    pub status: u16,
    /// Where it came from, after all redirects.
    pub url: String,
    /// This header field of it.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// An error of a fetcher.
#[derive(Debug)]
pub struct Failure {
    /// What it says.
    pub message: String,
    /// The response, if its status is the error.
    pub page: Option<Page>,
}

/// Sends requests one after another, with one client.
pub type Fetch = fn(&[Request]) -> Vec<Result<Page, Failure>>;

/// Each of them once, and `User-Agent` as the caller has it.
pub fn a_request_has_the_method_and_headers_that_it_was_given(fetch: Fetch) {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        let head = head(&mut stream);
        send(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
        head.to_lowercase()
    });
    let mine = Request::new("HEAD", &url)
        .header("X-Mine", "2")
        .header("User-Agent", "me");
    let pages = fetch(&[mine]);
    let page = pages[0].as_ref().unwrap();
    assert_eq!((page.status, page.body.len()), (200, 0));
    let head = served.join().unwrap();
    for line in [
        "head / http/1.1",
        "x-mine: 2",
        "user-agent: me",
        "accept: */*",
    ] {
        assert!(head.contains(line), "{head}");
    }
    assert_eq!(head.matches("user-agent").count(), 1, "{head}");
}

/// It is not sent, and the others are.
pub fn a_bad_method_or_header_costs_its_own_row(fetch: Fetch) {
    let site = Site::start().unwrap();
    let good = Request::new("GET", &site.url("/page/a?size=10"));
    let pages = fetch(&[
        Request::new("NO GOOD", &good.url),
        good.clone().header("no good", ""),
        good.clone().header("x", "a\r\nInjected: 1"),
        good,
    ]);
    for page in &pages[..3] {
        let error = page.as_ref().unwrap_err();
        assert!(error.message.starts_with("invalid request: "), "{error:?}");
    }
    assert!(pages[3].is_ok(), "{pages:?}");
    assert_eq!(site.counts().requests, 1);
}

/// The status, the headers, and the URL after all redirects.
pub fn a_status_error_has_what_is_needed_to_act_on_it(fetch: Fetch) {
    for closes in ["", "Connection: close\r\n"] {
        let (url, _served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            send(&mut stream, &redirect_with(302, "/busy", closes));
            if !closes.is_empty() {
                stream = accept(&listener);
            }
            request(&mut stream);
            let busy = "HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
            send(&mut stream, busy);
        });
        let error = fetch(&[Request::new("GET", &url)]).remove(0).unwrap_err();
        assert_eq!(error.message, "HTTP status 429");
        let page = error.page.unwrap();
        assert_eq!(page.status, 429);
        assert_eq!(page.retry_after.as_deref(), Some("7"));
        assert_eq!(page.url, format!("{url}/busy"));
    }
}

fn redirect_with(status: u16, location: &str, fields: &str) -> String {
    redirect(location)
        .replace("302", &status.to_string())
        .replace("\r\n\r\n", &format!("\r\n{fields}\r\n"))
}

/// After a POST, 301, 302 and 303 ask for a GET; 307 and 308 for the same again; HEAD stays HEAD.
pub fn a_redirect_changes_the_method_as_browsers_do(fetch: Fetch) {
    for (method, status, second) in [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("POST", 307, "POST"),
        ("POST", 308, "POST"),
        ("PUT", 302, "PUT"),
        ("PUT", 303, "GET"),
        ("HEAD", 302, "HEAD"),
        ("HEAD", 303, "HEAD"),
        ("DELETE", 308, "DELETE"),
    ] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            let closes = "Connection: close\r\n";
            send(&mut stream, &redirect_with(status, "/b", closes));
            let mut stream = accept(&listener);
            let head = head(&mut stream);
            send(&mut stream, "HTTP/1.1 204 No Content\r\n\r\n");
            head
        });
        let pages = fetch(&[Request::new(method, &url)]);
        assert!(pages[0].is_ok(), "{method}, {status}: {pages:?}");
        let head = served.join().unwrap();
        let is_second = head.starts_with(&format!("{second} /b "));
        assert!(is_second, "{method}, {status}: {head}");
    }
}

/// A redirect to the same server gets them too; another port is another server.
pub fn credentials_stay_with_their_server(fetch: Fetch) {
    // Names of fields are the same in any case.
    let secrets = ["Authorization", "COOKIE", "proxy-authorization"];
    for to_another in [true, false] {
        let (other, other_served) = site(|listener| {
            let mut stream = accept(&listener);
            let head = head(&mut stream);
            send(&mut stream, &page("there"));
            head
        });
        let there = if to_another { &*other } else { "" }.to_owned() + "/there";
        let location = there.clone();
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            let first = head(&mut stream);
            let closes = "Connection: close\r\n";
            send(&mut stream, &redirect_with(307, &location, closes));
            drop(stream);
            if to_another {
                return (first, other_served.join().unwrap());
            }
            let mut stream = accept(&listener);
            let second = head(&mut stream);
            send(&mut stream, &page("here"));
            (first, second)
        });
        let start = Request::new("GET", &url).header("x-mine", "kept");
        let mine = secrets
            .iter()
            .fold(start, |mine, name| mine.header(name, "secret"));
        let pages = fetch(&[mine]);
        assert!(
            pages[0].as_ref().unwrap().url.ends_with(&there),
            "{pages:?}"
        );
        let (first, second) = served.join().unwrap();
        let (first, second) = (first.to_lowercase(), second.to_lowercase());
        assert_eq!(first.matches("secret").count(), secrets.len(), "{first}");
        assert!(second.contains("x-mine: kept"), "{second}");
        for name in secrets.map(str::to_lowercase) {
            assert!(first.contains(&name), "{first}");
            assert_eq!(second.contains(&name), !to_another, "{name}: {second}");
        }
    }
}

/// The error says so, with no more than the start of what a server sent, and nothing else is asked
/// for.
pub fn a_redirect_to_another_scheme_is_an_error(fetch: Fetch) {
    let long = format!("mailto:{}", "x".repeat(10_000));
    for location in [
        &long,
        "mailto:a@b",
        "javascript:1",
        "file:///etc/hostname",
        "ftp://127.0.0.1/",
    ] {
        let answer = redirect(location);
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            send(&mut stream, &answer);
            request(&mut stream)
        });
        let error = fetch(&[Request::new("GET", &url)]).remove(0).unwrap_err();
        let said = error.message;
        assert!(said.starts_with("invalid request: "), "{said}");
        let start = format!("redirect to {location:.100}");
        assert!(said.contains(&start) && said.len() < 300, "{said}");
        assert_eq!(served.join().unwrap(), "");
    }
}

/// One retry on a new connection, and no more; and none of a request that may not be repeated.
pub fn a_request_that_may_be_repeated_is_sent_again_once(fetch: Fetch) {
    for (method, is_repeated) in [("GET", true), ("DELETE", true), ("POST", false)] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            send(&mut stream, &page("first"));
            assert_eq!(request(&mut stream), "/b", "{method}");
            drop(stream); // as a server does that closes idle connections
            if is_repeated {
                assert_eq!(request(&mut accept(&listener)), "/b");
            }
            listener
        });
        let pages = fetch(&["a", "b"].map(|name| Request::new(method, &format!("{url}/{name}"))));
        assert_eq!(pages[0].as_ref().unwrap().body, b"first");
        assert!(pages[1].is_err(), "{pages:?}");
        let listener = served.join().unwrap();
        assert!(!is_asked(&listener), "{method} was sent once more");
    }
}

/// A server may have acted on it before it closed the connection (RFC 9110, 9.2.2).
pub fn a_post_is_never_sent_twice(fetch: Fetch) {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("first"));
        // A POST uses a new connection, and this is the answer that it gets: none.
        let first = head(&mut accept(&listener));
        thread::sleep(Duration::from_millis(200));
        (first, is_asked(&listener))
    });
    let pages = fetch(&["GET", "POST"].map(|method| Request::new(method, &url)));
    assert!(pages[0].is_ok() && pages[1].is_err(), "{pages:?}");
    let (first, again) = served.join().unwrap();
    assert!(first.starts_with("POST") && !again, "{first}");
}

/// The server has closed the kept connection by then. A POST that failed on it could not be repeated.
pub fn a_post_does_not_use_a_connection_that_was_closed(fetch: Fetch) {
    let (closed, is_closed) = mpsc::channel();
    let (url, served) = site(move |listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("first"));
        drop(stream);
        closed.send(()).unwrap();
        let mut stream = accept(&listener);
        let head = head(&mut stream);
        send(&mut stream, &page("second"));
        head
    });
    let (other, other_served) = site(move |listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        is_closed.recv().unwrap();
        let closes = page("other").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        send(&mut stream, &closes);
    });
    let requests = [("GET", &url), ("GET", &other), ("POST", &url)];
    let pages = fetch(&requests.map(|(method, url)| Request::new(method, url)));
    let bodies = pages.iter().flatten().map(|page| &page.body[..]);
    assert!(bodies.eq([b"first", &b"other"[..], b"second"]), "{pages:?}");
    assert!(served.join().unwrap().starts_with("POST"));
    other_served.join().unwrap();
}

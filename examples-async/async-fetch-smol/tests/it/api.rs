//! What an application relies on: one client for many calls, requests of its own shape, results as
//! they arrive.

use std::error::Error as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_fetch_smol::{Client, FetchError, Limits, Page, Request, fetch_all, fetch_each};
use demo_site::Site;
use fetcher_suite::scripts::{accept, head, request, send, site};
use smol::Timer;

fn fetch(
    requests: impl IntoIterator<Item: Into<Request>, IntoIter: Send>,
) -> Vec<Result<Page, FetchError>> {
    smol::block_on(fetch_all(&Client::new(), requests, Limits::default()))
}

#[test]
fn the_futures_are_send_although_the_requests_borrow() {
    let urls = ["http://127.0.0.1:1/".to_owned()];
    let elsewhere = smol::spawn(async move {
        let client = Client::new();
        let pages = fetch_all(
            &client,
            urls.iter().map(|url| url.trim()),
            Limits::default(),
        )
        .await;
        let seen = AtomicU64::new(0);
        let requests = urls.iter().map(|url| Request::new("HEAD", url));
        fetch_each(&client, requests, Limits::default(), async |fetched| {
            Timer::after(Duration::from_millis(1)).await;
            seen.fetch_add(u64::from(fetched.result.is_err()), Ordering::Relaxed);
        })
        .await;
        (pages.len(), seen.into_inner())
    });
    assert_eq!(smol::block_on(elsewhere), (1, 1));
}

#[test]
fn many_calls_with_one_client_reuse_its_connection() {
    let site = Site::start().unwrap();
    let client = Client::new();
    for i in 0..50 {
        let url = site.url(&format!("/page/{i}?size=10"));
        let pages = smol::block_on(fetch_all(&client, [url], Limits::default()));
        assert!(pages[0].is_ok(), "{pages:?}");
    }
    let counts = site.counts();
    assert_eq!((counts.requests, counts.connections), (50, 1));
}

#[test]
fn a_request_has_the_method_and_headers_that_it_was_given() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        let head = head(&mut stream);
        send(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
        head.to_lowercase()
    });
    let mine = Request::new("HEAD", &url)
        .header("X-Mine", "2")
        .header("User-Agent", "me");
    let pages = fetch([mine]);
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

#[test]
fn a_bad_method_or_header_costs_its_own_row() {
    let site = Site::start().unwrap();
    let good = site.url("/page/a?size=10");
    let pages = fetch([
        Request::new("NO GOOD", &good),
        Request::from(&good).header("no good", ""),
        Request::from(&good).header("x", "a\r\nInjected: 1"),
        Request::from(&good),
    ]);
    for page in &pages[..3] {
        let error = page.as_ref().unwrap_err().to_string();
        assert!(error.starts_with("invalid request: "), "{error}");
    }
    assert!(pages[3].is_ok(), "{pages:?}");
    assert_eq!(site.counts().requests, 1);
}

#[test]
fn a_status_error_has_what_is_needed_to_act_on_it() {
    let (url, _served) = site(|listener| {
        let mut stream = accept(&listener);
        for answer in [
            "HTTP/1.1 302 Found\r\nLocation: /busy\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
        ] {
            request(&mut stream);
            send(&mut stream, answer);
        }
    });
    let pages = fetch([&url]);
    let Err(FetchError::Status(page)) = &pages[0] else {
        panic!("{pages:?}");
    };
    assert_eq!(page.status, 429);
    assert_eq!(page.headers["retry-after"], "7");
    assert_eq!(page.url, format!("{url}/busy"));
    assert_eq!(
        pages[0].as_ref().unwrap_err().to_string(),
        "HTTP status 429"
    );
}

#[test]
fn each_message_contains_its_cause() {
    for (url, words, has_source) in [
        (
            "http://127.0.0.1:1/",
            "no connection: Connection refused",
            true,
        ),
        (
            "http://no-such-host.invalid/",
            "no connection: failed to lookup",
            true,
        ),
        ("example.com", "relative URL without a base", false),
        ("ftp://127.0.0.1/", "not http:// or https://", false),
    ] {
        let pages = fetch([url]);
        let error = pages[0].as_ref().unwrap_err();
        assert!(error.to_string().contains(words), "{url}: {error}");
        assert_eq!(error.source().is_some(), has_source, "{url}: {error:?}");
    }
}

/// The callback is awaited before the next request starts, so nothing piles up in a queue; and
/// the requests in flight go on meanwhile.
#[test]
fn while_the_callback_waits_no_request_starts_and_those_in_flight_go_on() {
    let site = Site::start().unwrap();
    let site = &site;
    let requests = (0..6).map(|i| site.url(&format!("/page/{i}?delay=20ms&size=10")));
    let limits = Limits {
        concurrency: 2,
        ..Limits::default()
    };
    let mut seen = 0;
    smol::block_on(fetch_each(&Client::new(), requests, limits, |_| {
        seen += 1;
        async move {
            while site.counts().in_flight > 0 {
                Timer::after(Duration::from_millis(5)).await;
            }
            let sent = site.counts().requests;
            assert!(sent <= seen + 1, "{sent} requests after {seen} results");
        }
    }));
    assert_eq!(seen, 6);
}

/// 10,000 URLs are not 10,000 requests in memory.
#[test]
fn requests_are_taken_when_they_can_start() {
    let site = Site::start().unwrap();
    let mut taken = 0;
    let requests = (0..100).map(|i| {
        taken += 1;
        assert!(taken <= site.counts().requests + 4, "{taken} were taken");
        site.url(&format!("/page/{i}?size=1"))
    });
    let limits = Limits {
        concurrency: 4,
        ..Limits::default()
    };
    let pages = smol::block_on(fetch_all(&Client::new(), requests, limits));
    assert!(pages.iter().all(Result::is_ok));
}

/// What is meant for one server is not sent to another, and a redirect back does not bring it back.
#[test]
fn credentials_stay_with_their_server() {
    let answers = |location: String| {
        move |listener: std::net::TcpListener| {
            let mut stream = accept(&listener);
            let head = head(&mut stream).to_lowercase();
            let moved =
                format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            let page = "HTTP/1.1 204 No Content\r\n\r\n".to_owned();
            send(
                &mut stream,
                if location.is_empty() { &page } else { &moved },
            );
            head
        }
    };
    let (other, other_served) = site(answers(String::new()));
    let (url, served) = site(answers(format!("{other}/there")));
    let mine = Request::from(&url)
        .header("Authorization", "secret")
        .header("Cookie", "secret")
        .header("X-Mine", "kept");
    let pages = fetch([mine]);
    assert_eq!(pages[0].as_ref().unwrap().url, format!("{other}/there"));
    assert_eq!(served.join().unwrap().matches("secret").count(), 2);
    let head = other_served.join().unwrap();
    assert!(
        !head.contains("secret") && head.contains("x-mine: kept"),
        "{head}"
    );
}

/// After a POST, 301, 302 and 303 ask for a GET; 307 and 308 for the same again; HEAD stays HEAD.
#[test]
fn a_redirect_changes_the_method_as_the_rfc_says() {
    for (method, status, second) in [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("POST", 307, "POST"),
        ("POST", 308, "POST"),
        ("PUT", 302, "PUT"),
        ("PUT", 303, "GET"),
        ("HEAD", 303, "HEAD"),
    ] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            head(&mut stream);
            send(
                &mut stream,
                &format!(
                    "HTTP/1.1 {status} X\r\nLocation: /b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                ),
            );
            let mut stream = accept(&listener);
            let head = head(&mut stream);
            send(&mut stream, "HTTP/1.1 204 No Content\r\n\r\n");
            head
        });
        let pages = fetch([Request::new(method, &url)]);
        assert!(pages[0].is_ok(), "{method}, {status}: {pages:?}");
        let head = served.join().unwrap();
        assert!(
            head.starts_with(&format!("{second} /b ")),
            "{method}, {status}: {head}"
        );
    }
}

/// A server may have acted on it before it closed the connection (RFC 9110, 9.2.2).
#[test]
fn a_post_is_never_sent_twice() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &fetcher_suite::scripts::page("first"));
        // A POST uses a new connection, and this is the answer that it gets: none.
        let mut stream = accept(&listener);
        let first = head(&mut stream);
        drop(stream);
        listener.set_nonblocking(true).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        (first, listener.accept().is_ok())
    });
    let client = Client::new();
    let limits = Limits {
        concurrency: 1,
        ..Limits::default()
    };
    let requests = [Request::from(&url), Request::new("POST", &url)];
    let pages = smol::block_on(fetch_all(&client, requests, limits));
    assert!(pages[0].is_ok() && pages[1].is_err(), "{pages:?}");
    let (first, again) = served.join().unwrap();
    assert!(first.starts_with("POST") && !again, "{first}");
}

//! What an application relies on: its own client, requests of its own shape, errors that say enough.

use std::error::Error as _;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use demo_site::Site;

use reactor::{Client, FetchError, Limits, Page, Request, block_on, fetch_all, fetch_each};

fn fetch<R: Into<Request>>(requests: impl IntoIterator<Item = R>) -> Vec<Result<Page, FetchError>> {
    let pages = block_on(async |reactor| {
        fetch_all(&Client::new(&reactor), requests, Limits::default()).await
    });
    pages.expect("the system has a poller")
}

#[test]
fn urls_of_any_string_type_are_requests() {
    let _limit = testing::watchdog::limit();
    let owned = vec!["no URL".to_owned(); 2];
    assert_eq!(fetch(&owned).len(), 2);
    assert_eq!(fetch(owned).len(), 2);
    assert_eq!(fetch(["no URL"; 2]).len(), 2);
    assert_eq!(fetch(vec![Request::new("HEAD", "no URL")]).len(), 1);
}

#[test]
fn many_calls_with_one_client_reuse_its_connections() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    block_on(async |reactor| {
        let client = Client::new(&reactor);
        for i in 0..50 {
            let url = site.url(&format!("/page/{i}?size=10"));
            let pages = fetch_all(&client, [url], Limits::default()).await;
            assert!(pages[0].is_ok(), "{pages:?}");
        }
    })
    .unwrap();
    let counts = site.counts();
    assert_eq!((counts.requests, counts.connections), (50, 1));
}

#[test]
fn each_message_contains_its_cause() {
    let _limit = testing::watchdog::limit();
    for (request, words) in [
        (Request::from("http://127.0.0.1:1/"), "Connection refused"),
        ("example.com".into(), "invalid request: no scheme"),
        ("ftp://127.0.0.1/".into(), "invalid request: another scheme"),
        (Request::new("a b", "http://127.0.0.1:1/"), "method \"a b\""),
        (
            Request::from("http://127.0.0.1:1/").header("a:", "b"),
            "header \"a:\"",
        ),
        (
            Request::from("http://127.0.0.1:1/").header("a", "b\r\nc: d"),
            "header \"a\"",
        ),
    ] {
        let pages = fetch([request.clone()]);
        let error = pages[0].as_ref().unwrap_err();
        assert!(error.to_string().contains(words), "{request:?}: {error}");
        assert!(error.source().is_some(), "{error:?}");
    }
}

/// The system has time limits of its own, and so has each of several addresses.
#[test]
fn a_timeout_of_the_system_is_one_of_the_request() {
    let timeout = FetchError::from(io::Error::from(io::ErrorKind::TimedOut));
    assert!(matches!(timeout, FetchError::TimedOut), "{timeout:?}");
    let other = FetchError::from(io::Error::from(io::ErrorKind::ConnectionReset));
    assert!(matches!(other, FetchError::Http(_)), "{other:?}");
}

#[test]
fn a_limit_far_above_the_number_of_requests_costs_nothing() {
    let _limit = testing::watchdog::limit();
    let limits = Limits {
        concurrency: usize::MAX,
        ..Limits::default()
    };
    let pages =
        block_on(async |reactor| fetch_all(&Client::new(&reactor), ["no URL"; 3], limits).await);
    assert_eq!(pages.unwrap().len(), 3);

    let mut left = 3;
    let unknown_number = std::iter::from_fn(|| {
        left -= 1;
        (left >= 0).then_some("no URL")
    });
    let pages =
        block_on(async |reactor| fetch_all(&Client::new(&reactor), unknown_number, limits).await);
    assert_eq!(pages.unwrap().len(), 3);
}

/// 10,000 URLs are not 10,000 requests in memory.
#[test]
fn a_request_is_taken_when_it_can_start() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let taken = AtomicUsize::new(0);
    let requests = (0..100).map(|i| {
        taken.fetch_add(1, Relaxed);
        site.url(&format!("/page/{i}?size=10"))
    });
    let limits = Limits {
        concurrency: 2,
        ..Limits::default()
    };
    let mut seen = 0;
    block_on(async |reactor| {
        fetch_each(&Client::new(&reactor), requests, limits, async |_| {
            seen += 1;
            let ahead = taken.load(Relaxed).saturating_sub(seen);
            assert!(ahead <= 1, "{ahead} requests ahead of the results");
        })
        .await;
    })
    .unwrap();
    assert_eq!(seen, 100);
}

/// The callback is awaited, by one request at a time, before the next request starts: nothing piles
/// up in a queue.
#[test]
fn while_the_callback_waits_no_request_starts() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let urls: Vec<_> = (0..12)
        .map(|i| site.url(&format!("/page/{i}?size=10")))
        .collect();
    let limits = Limits {
        concurrency: 3,
        ..Limits::default()
    };
    let (mut seen, inside) = (0, std::cell::Cell::new(false));
    block_on(async |reactor| {
        fetch_each(&Client::new(&reactor), &urls, limits, async |_| {
            assert!(!inside.replace(true), "called twice at the same time");
            seen += 1;
            reactor
                .timer(reactor::after(Duration::from_millis(20)))
                .await;
            let sent = site.counts().requests;
            assert!(sent < seen + 3, "{sent} requests after {seen} results");
            inside.set(false);
        })
        .await;
    })
    .unwrap();
    assert_eq!(seen, 12);
}

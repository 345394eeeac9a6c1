//! What an application relies on: one client for many calls, requests of its own shape, results as
//! they arrive.

use std::error::Error as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_fetch_async_std::{Client, FetchError, Limits, Page, Request, fetch_all, fetch_each};
use async_std::task::{block_on, sleep, spawn};
use demo_site::Site;

fn fetch(
    requests: impl IntoIterator<Item: Into<Request>, IntoIter: Send>,
) -> Vec<Result<Page, FetchError>> {
    block_on(fetch_all(&Client::new(), requests, Limits::default()))
}

#[test]
fn the_futures_are_send_although_the_requests_borrow() {
    let urls = ["http://127.0.0.1:1/".to_owned()];
    let elsewhere = spawn(async move {
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
            sleep(Duration::from_millis(1)).await;
            seen.fetch_add(u64::from(fetched.result.is_err()), Ordering::Relaxed);
        })
        .await;
        (pages.len(), seen.into_inner())
    });
    assert_eq!(block_on(elsewhere), (1, 1));
}

#[test]
fn many_calls_with_one_client_reuse_its_connection() {
    let site = Site::start().unwrap();
    let client = Client::new();
    for i in 0..50 {
        let url = site.url(&format!("/page/{i}?size=10"));
        let pages = block_on(fetch_all(&client, [url], Limits::default()));
        assert!(pages[0].is_ok(), "{pages:?}");
    }
    let counts = site.counts();
    assert_eq!((counts.requests, counts.connections), (50, 1));
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
    block_on(fetch_each(&Client::new(), requests, limits, |_| {
        seen += 1;
        async move {
            while site.counts().in_flight > 0 {
                sleep(Duration::from_millis(5)).await;
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
    let pages = block_on(fetch_all(&Client::new(), requests, limits));
    assert!(pages.iter().all(Result::is_ok));
}

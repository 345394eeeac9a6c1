//! What an application relies on: its own client, requests of its own shape, errors that say enough.

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use demo_site::Site;

use fetcher_suite::scripts::{accept, request, send, site};
use thread_fetch_std::{Client, Limits, Request, fetch_all, fetch_each};

#[test]
fn urls_of_any_string_type_are_requests() {
    let client = Client::new();
    let limits = Limits::default();
    let owned = vec!["no URL".to_owned(); 2];
    assert_eq!(fetch_all(&client, &owned, limits).len(), 2);
    assert_eq!(fetch_all(&client, owned, limits).len(), 2);
    assert_eq!(fetch_all(&client, ["no URL"; 2], limits).len(), 2);
    let requests = vec![Request::new("HEAD", "no URL")];
    assert_eq!(fetch_all(&client, requests, limits).len(), 1);
}

#[test]
fn many_calls_with_one_client_reuse_its_connections() {
    let site = Site::start().unwrap();
    let client = Client::new();
    for i in 0..50 {
        let pages = fetch_all(
            &client,
            [site.url(&format!("/page/{i}?size=10"))],
            Limits::default(),
        );
        assert!(pages[0].is_ok(), "{pages:?}");
    }
    let counts = site.counts();
    assert_eq!((counts.requests, counts.connections), (50, 1));
}

#[test]
fn each_message_contains_its_cause() {
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
        let pages = fetch_all(&Client::new(), [request.clone()], Limits::default());
        let error = pages[0].as_ref().unwrap_err();
        assert!(error.to_string().contains(words), "{request:?}: {error}");
        assert!(error.source().is_some(), "{error:?}");
    }
}

/// 10,000 URLs are not 10,000 requests in memory: an endless iterator works too.
#[test]
fn a_request_is_taken_when_a_worker_is_free() {
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
    fetch_each(&Client::new(), requests, limits, |_| {
        seen += 1;
        // One each for the workers, and one that a worker took after it handed over this page.
        let ahead = taken.load(Relaxed).saturating_sub(seen);
        assert!(ahead <= 3, "{ahead} requests ahead of the results");
    });
    assert_eq!(seen, 100);
}

#[test]
fn a_panic_of_the_iterator_reaches_the_caller() {
    let urls = (0..5).map(|i| -> String { panic!("no URL {i}") });
    testing::watchdog::assert_ends(move || {
        let call =
            std::panic::AssertUnwindSafe(|| fetch_all(&Client::new(), urls, Limits::default()));
        assert!(std::panic::catch_unwind(call).is_err());
    });
}

#[test]
fn a_header_is_the_first_of_its_name() {
    let (url, _served) = site(|listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(
            &mut stream,
            "HTTP/1.1 204 No Content\r\nA: 1\r\na: 2\r\n\r\n",
        );
    });
    let page = fetch_all(&Client::new(), [url], Limits::default())
        .remove(0)
        .unwrap();
    assert_eq!(page.header("a"), Some("1"));
    assert_eq!(page.headers.len(), 2);
}

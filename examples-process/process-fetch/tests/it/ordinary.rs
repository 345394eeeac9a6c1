//! Ordinary tests of a program that fetches: each worker is this test binary.

use demo_site::{Site, body};
use fetcher_suite::scripts::{accept, head, send, site};
use process_fetch::{
    FetchError, Limits, Request, agent_with, config, fetch_all, fetch_each, serve_with,
};

// ANCHOR: worker
/// Not a test: the workers of the other tests run in it.
#[test]
fn process_fetch_worker() {
    serve_with(
        || agent_with(config(1).proxy(None).build()),
        |page| page, // or your own parser
    );
}

#[test]
fn a_page_is_fetched_by_a_worker() {
    let site = Site::start().unwrap();
    let pages = fetch_all([site.url("/page/a?size=100")], Limits::default());
    assert_eq!(pages[0].as_ref().unwrap().body, body("a", 100));
}
// ANCHOR_END: worker

/// The first page is the last to arrive.
#[test]
fn results_are_in_the_order_of_the_requests() {
    let site = Site::start().unwrap();
    let urls = [200, 100, 0].map(|delay| site.url(&format!("/page/{delay}?delay={delay}ms")));
    let pages = fetch_all(&urls, Limits::default());
    let pages: Vec<_> = pages.into_iter().map(|page| page.unwrap().url).collect();
    assert_eq!(pages, urls);
}

#[test]
fn method_headers_status_and_final_url_cross_the_process_border() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        let first = head(&mut stream);
        send(
            &mut stream,
            "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        );
        let mut stream = accept(&listener);
        let second = head(&mut stream);
        send(
            &mut stream,
            "HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nX: \u{e9}\r\nContent-Length: 0\r\n\r\n",
        );
        (first, second)
    });
    let request = Request::new("HEAD", &url).header("x-mine", "\u{e9}");
    let pages = fetch_all([request], Limits::default());
    let Err(FetchError::Status(page)) = &pages[0] else {
        panic!("{pages:?}");
    };
    assert_eq!(page.status, 429);
    assert_eq!(page.headers["retry-after"], "7");
    assert_eq!(page.headers["x"].as_bytes(), "\u{e9}".as_bytes());
    assert_eq!(page.url, format!("{url}/b"));
    let (first, second) = served.join().unwrap();
    assert!(first.starts_with("HEAD / "), "{first}");
    assert!(
        second.starts_with("HEAD /b ") && second.contains("x-mine: \u{e9}"),
        "{second}"
    );
}

#[test]
fn each_message_contains_its_cause() {
    for (request, words) in [
        (Request::from("http://127.0.0.1:1/"), "Connection refused"),
        (
            "example.com".into(),
            "invalid request: relative URL without a base",
        ),
        (Request::new("a b", "http://127.0.0.1:1/"), "method \"a b\""),
        (
            Request::from("http://127.0.0.1:1/").header("a", "b\r\nc: d"),
            "header \"a\"",
        ),
    ] {
        let pages = fetch_all([request.clone()], Limits::default());
        let error = pages[0].as_ref().unwrap_err();
        assert!(error.to_string().contains(words), "{request:?}: {error}");
    }
}

#[test]
fn a_limit_of_zero_is_one_worker() {
    let site = Site::start().unwrap();
    let limits = Limits {
        concurrency: 0,
        ..Limits::default()
    };
    let urls = (0..3).map(|i| site.url(&format!("/page/{i}?size=10")));
    let mut seen = 0;
    fetch_each(urls, limits, |fetched| {
        assert!(fetched.result.is_ok(), "{fetched:?}");
        seen += 1;
    });
    assert_eq!((seen, site.counts().most_in_flight), (3, 1));
    assert!(fetch_all(Vec::<String>::new(), limits).is_empty());
}

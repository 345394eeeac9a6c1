//! What an application relies on: its own client, requests of its own shape, results as they arrive.

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use async_fetch::{FetchError, Limits, fetch_all, fetch_each};
use demo_site::Site;
use reqwest::header::{HeaderMap, HeaderValue};
use tokio::sync::mpsc;

/// The futures can be spawned on a runtime with several threads, where an axum handler runs too.
#[tokio::test]
async fn the_futures_are_send_although_the_requests_borrow() {
    let urls = ["http://127.0.0.1:1/".to_owned()];
    let (results, mut inbox) = mpsc::channel(1);
    tokio::spawn(async move {
        let client = crate::client();
        let requests = urls.iter().map(|url| client.get(url));
        let all = fetch_all(requests, Limits::default()).await;
        let requests = urls.iter().map(|url| client.get(url));
        fetch_each(requests, Limits::default(), async |fetched| {
            results.send((all.len(), fetched)).await.unwrap();
        })
        .await;
    });
    let (all, fetched) = inbox.recv().await.unwrap();
    assert!(all == 1 && fetched.result.is_err(), "{fetched:?}");
}

#[tokio::test]
async fn many_calls_with_one_client_reuse_its_connections() {
    let site = Site::start().unwrap();
    let client = crate::client();
    for i in 0..50 {
        let request = client.get(site.url(&format!("/page/{i}?size=10")));
        let pages = fetch_all([request], Limits::default()).await;
        assert!(pages[0].is_ok(), "{pages:?}");
    }
    let counts = site.counts();
    assert_eq!(counts.requests, 50);
    // A client may look for a kept connection a moment before it is put back.
    assert!(counts.connections <= 5, "{counts:?}");
}

#[tokio::test]
async fn the_callers_client_and_headers_are_used() {
    let (url, served) = fetcher_suite::scripts::site(|listener| {
        let mut stream = fetcher_suite::scripts::accept(&listener);
        let head = fetcher_suite::scripts::head(&mut stream);
        fetcher_suite::scripts::send(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
        head
    });
    let mut headers = HeaderMap::new();
    headers.insert("x-of-the-client", HeaderValue::from_static("1"));
    let client = crate::client_builder()
        .no_proxy()
        .user_agent("mine")
        .default_headers(headers);
    let client = client.build().unwrap();
    let request = client.head(url).header("x-of-the-request", "2");
    let pages = fetch_all([request], Limits::default()).await;
    let page = pages[0].as_ref().unwrap();
    assert_eq!((page.status, page.body.len()), (200, 0));
    let head = served.join().unwrap();
    for line in [
        "HEAD / HTTP/1.1",
        "x-of-the-client: 1",
        "x-of-the-request: 2",
        "user-agent: mine",
    ] {
        assert!(head.contains(line), "{head}");
    }
}

#[tokio::test]
async fn a_status_error_has_what_is_needed_to_act_on_it() {
    let (url, _served) = fetcher_suite::scripts::site(|listener| {
        let mut stream = fetcher_suite::scripts::accept(&listener);
        for answer in [
            "HTTP/1.1 302 Found\r\nLocation: /busy\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
        ] {
            fetcher_suite::scripts::request(&mut stream);
            fetcher_suite::scripts::send(&mut stream, answer);
        }
    });
    let pages = fetch_all([crate::client().get(&url)], Limits::default()).await;
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

#[tokio::test]
async fn a_page_has_its_final_url_and_its_headers() {
    let site = Site::start().unwrap();
    let request = crate::client().get(site.url("/redirect/2?to=/page/there"));
    let pages = fetch_all([request], Limits::default()).await;
    let page = pages[0].as_ref().unwrap();
    assert!(page.url.ends_with("/page/there"), "{page:?}");
    assert!(page.headers.contains_key("content-length"), "{page:?}");
}

#[tokio::test]
async fn each_message_contains_its_cause() {
    let client = crate::client();
    for (url, words) in [
        ("http://127.0.0.1:1/", "Connection refused"),
        ("http://no-such-host.invalid/", "lookup"),
        ("example.com", "relative URL without a base"),
        ("ftp://127.0.0.1/", "URL scheme is not allowed"),
    ] {
        let pages = fetch_all([client.get(url)], Limits::default()).await;
        let error = pages[0].as_ref().unwrap_err();
        assert!(error.to_string().contains(words), "{url}: {error}");
        assert!(error.source().is_some(), "{url}: {error:?}");
    }
}

/// The callback is awaited before the next request starts: nothing piles up in a queue.
#[tokio::test]
async fn while_the_callback_waits_no_request_starts() {
    let site = Site::start().unwrap();
    let client = crate::client();
    let requests = (0..6).map(|i| client.get(site.url(&format!("/page/{i}?size=10"))));
    let limits = Limits {
        concurrency: 2,
        ..Limits::default()
    };
    let mut seen = 0;
    let site = &site;
    fetch_each(requests, limits, |_| {
        seen += 1;
        async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let sent = site.counts().requests;
            assert!(sent <= seen + 1, "{sent} requests after {seen} results");
        }
    })
    .await;
    assert_eq!(seen, 6);
}

/// 10,000 URLs are not 10,000 requests in memory.
#[tokio::test]
async fn requests_are_taken_when_they_can_start() {
    let site = Site::start().unwrap();
    let client = crate::client();
    let mut taken = 0;
    let requests = (0..100).map(|i| {
        taken += 1;
        assert!(
            taken <= site.counts().requests as usize + 4,
            "{taken} were taken"
        );
        client.get(site.url(&format!("/page/{i}?size=1")))
    });
    let limits = Limits {
        concurrency: 4,
        ..Limits::default()
    };
    assert!(fetch_all(requests, limits).await.iter().all(Result::is_ok));
}

/// However many may be in flight, results do not collect until all requests have been started.
#[tokio::test]
async fn results_are_passed_on_between_two_starts() {
    let client = crate::client();
    let passed_on = AtomicUsize::new(0);
    let requests = (0..1000).map(|started| {
        // Port 1 refuses at once, so 64 in flight and those that ended are all that may collect.
        let passed_on = passed_on.load(Relaxed);
        assert!(started <= 2 * passed_on + 200, "{passed_on} of {started}");
        client.get("http://127.0.0.1:1/")
    });
    let limits = Limits {
        concurrency: usize::MAX,
        ..Limits::default()
    };
    fetch_each(requests, limits, async |fetched| {
        assert!(matches!(fetched.result, Err(FetchError::Http(_))));
        passed_on.fetch_add(1, Relaxed);
    })
    .await;
    assert_eq!(passed_on.into_inner(), 1000);
}

/// Half of the time to connect is left for the second address.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_address_that_does_not_answer_leaves_time_for_the_next() {
    let site = Site::start().unwrap();
    let url = site.url("/page/a?size=10");
    let good: std::net::SocketAddr = url.split('/').nth(2).unwrap().parse().unwrap();
    let dead = std::net::SocketAddr::from(([127, 0, 0, 4], good.port()));
    let _silent = fetcher_suite::silent::Silent::at(dead);
    let client = crate::client_builder()
        .no_proxy()
        .connect_timeout(Duration::from_secs(2))
        .resolve_to_addrs("two.test", &[dead, good]);
    let url = url.replace("127.0.0.1", "two.test");
    let limits = Limits {
        timeout: Duration::from_secs(4),
        ..Limits::default()
    };
    let _ = crate::client();
    let pages = fetch_all([client.build().unwrap().get(url)], limits).await;
    assert!(pages[0].is_ok(), "{pages:?}");
}

/// By reqwest, also with a client of the caller's.
#[tokio::test]
async fn credentials_stay_with_their_server() {
    let answers = |location: String| {
        move |listener: std::net::TcpListener| {
            let mut stream = fetcher_suite::scripts::accept(&listener);
            let head = fetcher_suite::scripts::head(&mut stream).to_lowercase();
            let answer = match location.as_str() {
                "" => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
                there => {
                    format!("HTTP/1.1 302 Found\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n")
                }
            };
            fetcher_suite::scripts::send(&mut stream, &answer);
            head
        }
    };
    let (other, other_served) = fetcher_suite::scripts::site(answers(String::new()));
    let (url, served) = fetcher_suite::scripts::site(answers(format!("{other}/there")));
    let request = crate::client()
        .get(&url)
        .header("authorization", "secret")
        .header("x-mine", "kept");
    let pages = fetch_all([request], Limits::default()).await;
    assert_eq!(pages[0].as_ref().unwrap().url, format!("{other}/there"));
    assert!(served.join().unwrap().contains("secret"));
    let head = other_served.join().unwrap();
    assert!(
        !head.contains("secret") && head.contains("x-mine: kept"),
        "{head}"
    );
}

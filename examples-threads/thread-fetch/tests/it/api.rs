//! What an application relies on: its own agent, requests of its own shape, errors that say enough.

use std::collections::HashSet;
use std::error::Error as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use demo_site::Site;
use fetcher_suite::scripts::{accept, head, page, send, site};
use thread_fetch::{Limits, Page, Request, agents, agents_with, config, fetch_all, fetch_each};
use ureq::Agent;

fn direct() -> Vec<Agent> {
    agents_with(8, config(2).proxy(None).build())
}

#[test]
fn urls_of_any_string_type_are_requests() {
    let agents = direct();
    let limits = Limits::default();
    let owned = vec!["no URL".to_owned(); 2];
    assert_eq!(fetch_all(&agents, &owned, limits).len(), 2);
    assert_eq!(fetch_all(&agents, owned, limits).len(), 2);
    assert_eq!(fetch_all(&agents, ["no URL"; 2], limits).len(), 2);
    let requests = vec![Request::new("HEAD", "no URL")];
    assert_eq!(fetch_all(&agents, requests, limits).len(), 1);
}

#[test]
fn many_calls_with_the_same_agents_reuse_their_connections() {
    let site = Site::start().unwrap();
    let agents = direct();
    for i in 0..50 {
        let pages = fetch_all(
            &agents,
            [site.url(&format!("/page/{i}?size=10"))],
            Limits::default(),
        );
        assert!(pages[0].is_ok(), "{pages:?}");
    }
    let counts = site.counts();
    assert_eq!((counts.requests, counts.connections), (50, 1));
}

/// No worker waits for the connections of another, so each agent has its own, and keeps it.
#[test]
fn each_worker_has_an_agent() {
    let site = Site::start().unwrap();
    let used = |agents| {
        let before = site.counts().connections;
        let urls = (0..40).map(|i| site.url(&format!("/page/{i}?size=10&delay=5ms")));
        let limits = Limits {
            concurrency: 4,
            ..Limits::default()
        };
        assert!(fetch_all(agents, urls, limits).iter().all(Result::is_ok));
        site.counts().connections - before
    };
    let agents = direct();
    // Eight agents for four workers: four keep a connection, and the second call finds it.
    assert_eq!((used(&agents), used(&agents)), (4, 0));
    // The other four have none yet.
    assert_eq!(used(&agents[4..]), 4);
}

#[test]
#[should_panic(expected = "fetch_each needs an agent")]
fn without_an_agent_it_panics() {
    fetch_all(&[], ["http://127.0.0.1:1/"], Limits::default());
}

#[test]
fn the_callers_agents_method_and_headers_are_used() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        let head = head(&mut stream);
        send(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
        head
    });
    let agents = agents_with(1, config(2).proxy(None).user_agent("mine").build());
    let request = Request::new("HEAD", &url).header("x-of-the-request", "2");
    let pages = fetch_all(&agents, [request], Limits::default());
    let page = pages[0].as_ref().unwrap();
    assert_eq!((page.status, page.body.len()), (200, 0));
    let head = served.join().unwrap().to_lowercase();
    for line in ["head / http/1.1", "x-of-the-request: 2", "user-agent: mine"] {
        assert!(head.contains(line), "{head}");
    }
}

#[test]
fn an_agent_made_by_ureq_is_taken_too() {
    let site = Site::start().unwrap();
    let agent = Agent::config_builder().proxy(None).build().new_agent();
    let pages = fetch_all(
        &[agent],
        [site.url("/redirect/2?to=/page/there")],
        Limits::default(),
    );
    assert!(pages[0].is_ok(), "{pages:?}");
}

#[test]
fn each_message_contains_its_cause() {
    for (request, words, has_source) in [
        (
            Request::from("http://127.0.0.1:1/"),
            "Connection refused",
            true,
        ),
        (
            "example.com".into(),
            "invalid request: relative URL without a base",
            false,
        ),
        (
            "ftp://127.0.0.1/".into(),
            "invalid request: ftp: is not fetched",
            false,
        ),
        (
            Request::new("a b", "http://127.0.0.1:1/"),
            "method \"a b\"",
            false,
        ),
        (
            Request::from("http://127.0.0.1:1/").header("a:", "b"),
            "header \"a:\"",
            false,
        ),
        (
            Request::from("http://127.0.0.1:1/").header("a", "b\r\nc: d"),
            "header \"a\"",
            false,
        ),
    ] {
        let pages = fetch_all(&direct(), [request.clone()], Limits::default());
        let error = pages[0].as_ref().unwrap_err();
        assert!(error.to_string().contains(words), "{request:?}: {error}");
        assert_eq!(error.source().is_some(), has_source, "{error:?}");
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
    fetch_each(&direct(), requests, limits, |_| {
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
        let call = std::panic::AssertUnwindSafe(|| fetch_all(&direct(), urls, Limits::default()));
        assert!(std::panic::catch_unwind(call).is_err());
    });
}

/// The page is whole although the connection is reset behind it.
#[test]
fn the_default_agents_fetch() {
    let (url, served) = site(|listener| {
        let mut stream = accept(&listener);
        let head = head(&mut stream);
        send(&mut stream, &page("a"));
        head
    });
    let no_proxy = std::env::vars().all(|(name, _)| !name.to_lowercase().ends_with("_proxy"));
    if no_proxy {
        let pages = fetch_all(&agents(8), [&url], Limits::default());
        assert_eq!(pages[0].as_ref().unwrap().body, b"a");
        let head = served.join().unwrap().to_lowercase();
        assert!(head.contains("user-agent: thread-fetch/0"), "{head}");
    }
}

// ANCHOR: crawl
fn crawl(agents: &[Agent], start: String) -> HashSet<String> {
    let mut seen = HashSet::from([start.clone()]);
    let mut next = vec![start];
    while !next.is_empty() {
        let mut found = Vec::new();
        fetch_each(agents, &next, Limits::default(), |fetched| {
            found.extend(fetched.result.iter().flat_map(links)); // links() is yours
        });
        next = found
            .into_iter()
            .filter(|url| seen.insert(url.clone()))
            .collect();
    }
    seen
}
// ANCHOR_END: crawl

// ANCHOR: yours
/// Page n links to the pages 2n and 2n + 1 of fifteen, and to the first.
fn links(page: &Page) -> Vec<String> {
    let (site, number) = page.url.rsplit_once('/').expect("it has a path");
    let number: u32 = number.parse().expect("all pages have numbers");
    let linked = [1, 2 * number, 2 * number + 1];
    let there = linked.into_iter().filter(|number| *number < 16);
    there.map(|number| format!("{site}/{number}")).collect()
}
// ANCHOR_END: yours

#[test]
fn a_crawler_fetches_each_page_once() {
    let site = Site::start().unwrap();
    assert_eq!(crawl(&direct(), site.url("/page/1")).len(), 15);
    assert_eq!(site.counts().requests, 15);
}

/// A worker that finds the queue empty ends, also the one that has just handed over the first page.
#[test]
fn a_queue_that_grows_has_no_worker() {
    let site = Site::start().unwrap();
    let queue = Mutex::new(vec![site.url("/page/0")]);
    let ended = AtomicUsize::new(0);
    let requests = std::iter::from_fn(|| {
        let next = queue.lock().unwrap().pop();
        ended.fetch_add(usize::from(next.is_none()), Relaxed);
        next
    });
    let limits = Limits {
        concurrency: 3,
        ..Limits::default()
    };
    let agents = direct();
    fetch_each(&agents, requests, limits, |fetched| {
        if fetched.index == 0 {
            while ended.load(Relaxed) < 3 {
                std::thread::yield_now();
            }
            let more = (1..6).map(|i| site.url(&format!("/page/{i}")));
            queue.lock().unwrap().extend(more);
        }
    });
    assert_eq!(site.counts().requests, 1);
}

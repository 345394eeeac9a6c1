//! Kept connections, redirects and names, against servers that follow a script.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use demo_site::Site;
use fetcher_suite::scripts::{accept, page, request, send, site, urls};
use thread_fetch_std::{Client, Limits, fetch_all, fetch_each};

const ONE_WORKER: Limits = Limits {
    concurrency: 1,
    timeout: Duration::from_secs(30),
    max_body: 1 << 20,
};

/// What a server sends unasked is never taken for the next page: neither what arrives with a
/// response, nor what arrives while the connection is idle.
#[test]
fn unasked_bytes_are_not_a_response() {
    let _limit = testing::watchdog::limit();
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
    let urls = urls(&url, &["/a", "/b", "/c"]);
    fetch_each(&Client::new(), &urls, ONE_WORKER, |fetched| {
        // Meanwhile the worker fetches /b, but not /c: it waits to hand /b over.
        if fetched.index == 0 {
            tell.recv().unwrap();
        }
        found.push(fetched.result.unwrap().body);
    });
    assert_eq!(found, [b"a", b"b", b"c"]);
    served.join().unwrap();
}

/// One request in flight: one connection is kept. That to `b` takes the place of that to `a`.
#[test]
fn a_connection_is_kept_for_its_own_site_and_the_oldest_goes() {
    let _limit = testing::watchdog::limit();
    let (a, b) = (Site::start().unwrap(), Site::start().unwrap());
    let urls = [&a, &a, &b, &b, &b, &a, &a].map(|site| site.url("/page/p?size=500"));
    let pages = fetch_all(&Client::new(), &urls, ONE_WORKER);
    assert!(pages.iter().all(Result::is_ok), "{pages:?}");
    assert_eq!((a.counts().connections, a.counts().requests), (2, 4));
    assert_eq!((b.counts().connections, b.counts().requests), (1, 3));
}

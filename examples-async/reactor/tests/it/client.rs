//! Kept connections and redirects, against servers that follow a script.

use std::sync::mpsc;
use std::time::Duration;

use fetcher_suite::scripts::{accept, page, request, send, site, urls};
use reactor::{Client, Fetched, Limits, block_on, fetch_each};

const ONE_AT_A_TIME: Limits = Limits {
    concurrency: 1,
    timeout: Duration::from_secs(30),
    max_body: 1 << 20,
};

/// What a server sends unasked is never taken for the next page: neither what arrives with a
/// response, nor what arrives while the connection is idle.
#[test]
fn unasked_bytes_are_not_a_response() {
    let (got, gets) = mpsc::channel();
    let (told, tell) = mpsc::channel();
    let (url, served) = site(move |listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &(page("a") + &page("EVIL")));
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("b"));
        gets.recv().unwrap();
        send(&mut stream, &page("EVIL"));
        told.send(()).unwrap();
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("c"));
    });
    let mut found = Vec::new();
    let urls = urls(&url, &["/a", "/b", "/c"]);
    let arrived = async |fetched: Fetched| {
        // This blocks the loop, so /c is not asked for yet.
        if fetched.index == 1 {
            got.send(()).unwrap();
            tell.recv().unwrap();
        }
        found.push(fetched.result.unwrap().body);
    };
    block_on(async |reactor| {
        fetch_each(&Client::new(&reactor), &urls, ONE_AT_A_TIME, arrived).await;
    })
    .unwrap();
    assert_eq!(found, [b"a", b"b", b"c"]);
    served.join().unwrap();
}

//! Kept connections and redirects, against servers that follow a script.

use std::sync::mpsc;
use std::time::Duration;

use fetcher_suite::scripts::{accept, page, read_to_end, request, send, site, urls};
use reactor::{Client, Fetched, Limits, after, block_on, fetch_each};

const ONE_AT_A_TIME: Limits = Limits {
    concurrency: 1,
    timeout: Duration::from_secs(30),
    max_body: 1 << 20,
};

/// What a server sends unasked is never taken for the next page: neither what arrives with a
/// response, nor what arrives while the connection is idle.
#[test]
fn unasked_bytes_are_not_a_response() {
    let _limit = testing::watchdog::limit();
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

/// Of two idle connections the next request takes the one that was used last. When only one may be
/// kept, the older one is closed.
#[test]
fn the_connection_that_was_used_last_is_used_next_and_the_oldest_is_closed() {
    let _limit = testing::watchdog::limit();
    let (got, gets) = mpsc::channel();
    let (url, served) = site(move |listener| {
        let mut older = accept(&listener);
        request(&mut older);
        let mut newer = accept(&listener);
        request(&mut newer);
        send(&mut older, &page("a"));
        gets.recv().unwrap();
        send(&mut newer, &page("a"));
        assert_eq!(request(&mut newer), "/b");
        send(&mut newer, &page("b"));
        read_to_end(older);
        assert_eq!(request(&mut newer), "/c");
        send(&mut newer, &page("c"));
    });
    let limits = |concurrency| Limits {
        concurrency,
        timeout: Duration::from_secs(10),
        ..ONE_AT_A_TIME
    };
    let mut found = Vec::new();
    block_on(async |reactor| {
        let client = Client::new(&reactor);
        let both = urls(&url, &["/a", "/a"]);
        fetch_each(&client, &both, limits(2), async |_| got.send(()).unwrap()).await;
        for target in ["/b", "/c"] {
            let url = urls(&url, &[target]);
            fetch_each(&client, &url, limits(1), async |page: Fetched| {
                found.push(page.result.map(|page| page.body));
            })
            .await;
        }
    })
    .unwrap();
    let found: Result<Vec<_>, _> = found.into_iter().collect();
    assert_eq!(found.unwrap(), [b"b", b"c"]);
    served.join().unwrap();
}

/// Results that arrive while the callback waits are passed on in the order in which they arrived.
#[test]
fn results_that_wait_for_the_callback_keep_their_order() {
    let _limit = testing::watchdog::limit();
    let (tell, told) = mpsc::channel();
    let (sent, is_sent) = mpsc::channel();
    let (url, served) = site(move |listener| {
        let mut streams = [(); 3].map(|()| {
            let mut stream = accept(&listener);
            (request(&mut stream), stream)
        });
        streams.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (target, stream) in &mut streams {
            if target != "/a" {
                told.recv().unwrap();
            }
            send(stream, &page(target));
            sent.send(()).unwrap();
        }
        told.recv().unwrap_err(); // until the client is done
    });
    let limits = Limits {
        concurrency: 3,
        ..ONE_AT_A_TIME
    };
    let mut order = Vec::new();
    block_on(async |reactor| {
        let client = Client::new(&reactor);
        let urls = urls(&url, &["/a", "/b", "/c"]);
        fetch_each(&client, &urls, limits, async |fetched: Fetched| {
            order.push(fetched.index);
            if fetched.index == 0 {
                is_sent.recv().unwrap();
                for _ in 0..2 {
                    tell.send(()).unwrap();
                    is_sent.recv().unwrap();
                    for _ in 0..5 {
                        reactor.timer(after(Duration::from_millis(2))).await;
                    }
                }
            }
        })
        .await;
    })
    .unwrap();
    drop(tell);
    assert_eq!(order, [0, 1, 2]);
    served.join().unwrap();
}

//! What becomes of the requests of a call that is given up.

use std::time::{Duration, Instant};

use async_fetch_async_std::{Client, Limits, fetch_all};
use async_std::task;
use demo_site::Site;
use futures_lite::future;

#[test]
fn dropping_the_future_stops_every_request() {
    let site = Site::start().unwrap();
    let urls = vec![site.url("/fault/never"); 5];
    let limits = Limits {
        timeout: Duration::from_secs(3600),
        ..Limits::default()
    };
    let fetching = async {
        fetch_all(&Client::new(), &urls, limits).await;
    };
    let all_are_sent = async {
        while site.counts().in_flight < 5 {
            task::sleep(Duration::from_millis(5)).await;
        }
    };
    task::block_on(future::or(fetching, all_are_sent));
    // The global executor goes on, and with it a task that nobody stopped.
    let deadline = Instant::now() + Duration::from_secs(30);
    while site.counts().in_flight > 0 {
        assert!(
            Instant::now() < deadline,
            "some requests are still in flight"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(site.counts().requests, 5);
}

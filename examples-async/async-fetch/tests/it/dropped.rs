//! What happens to the requests of a call whose future is dropped.

use std::time::{Duration, Instant};

use async_fetch::{Limits, fetch_all};
use demo_site::Site;
use tokio::time::sleep;

#[tokio::test]
async fn dropping_the_future_stops_every_request() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let client = crate::client();
    let requests = (0..5).map(|_| client.get(site.url("/fault/never")));
    let limits = Limits {
        timeout: Duration::from_secs(3600),
        ..Limits::default()
    };
    let all_are_sent = async {
        while site.counts().in_flight < 5 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = fetch_all(requests, limits) => {}
        () = all_are_sent => {}
    }
    // The runtime goes on running, and so would a task that was not stopped.
    let deadline = Instant::now() + Duration::from_secs(30);
    while site.counts().in_flight > 0 {
        assert!(
            Instant::now() < deadline,
            "some requests are still in flight"
        );
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(site.counts().requests, 5);
}

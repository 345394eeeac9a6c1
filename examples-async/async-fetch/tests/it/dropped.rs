//! What becomes of the requests of a call that is given up.

use std::time::{Duration, Instant};

use async_fetch::{Limits, fetch_all};
use demo_site::Site;
use tokio::time::sleep;

#[tokio::test]
async fn dropping_the_future_stops_every_request() {
    let site = Site::start().unwrap();
    let urls = vec![site.url("/fault/never"); 5];
    let limits = Limits {
        timeout: Duration::from_secs(3600),
        ..Limits::default()
    };
    let all_are_asked = async {
        while site.counts().in_flight < 5 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = fetch_all(&urls, limits) => {}
        () = all_are_asked => {}
    }
    // The runtime goes on, and with it a task that nobody stopped.
    let deadline = Instant::now() + Duration::from_secs(30);
    while site.counts().in_flight > 0 {
        assert!(Instant::now() < deadline, "some are still asked");
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(site.counts().requests, 5);
}

//! The traps of the page: what goes wrong, and what goes right.

use std::sync::Mutex;

use async_fetch::{Limits, fetch_each};
use demo_site::Site;
use reqwest::Client;
use tokio::time::{Duration, sleep};

#[tokio::test]
async fn a_client_per_request_connects_each_time() {
    let _ = crate::client(); // chooses the cryptography
    let site = Site::start().unwrap();
    let urls = [1, 2, 3, 4].map(|i| site.url(&format!("/page/{i}?size=10")));
    // ANCHOR: client_each
    for url in &urls {
        let client = Client::new(); // wrong: so does `reqwest::get`
        client.get(url).send().await.unwrap().bytes().await.unwrap();
    }
    // ANCHOR_END: client_each
    assert_eq!(site.counts().connections, 4);
    // ANCHOR: client_once
    let client = Client::new(); // right: one for all, it is cheap to clone
    for url in &urls {
        client.get(url).send().await.unwrap().bytes().await.unwrap();
    }
    // ANCHOR_END: client_once
    assert!(site.counts().connections < 8, "{:?}", site.counts());
}

#[tokio::test]
async fn a_future_that_is_not_awaited_sends_nothing() {
    let site = Site::start().unwrap();
    let client = crate::client();
    let url = site.url("/page/a?size=10");
    // ANCHOR: unused
    let page = client.get(&url).send(); // wrong: nothing is sent yet
    // ANCHOR_END: unused
    sleep(Duration::from_millis(20)).await;
    assert_eq!(site.counts().requests, 0);
    // ANCHOR: awaited
    let page = page.await; // right: now it is
    // ANCHOR_END: awaited
    assert!(page.is_ok());
    assert_eq!(site.counts().requests, 1);
}

#[tokio::test]
async fn a_callback_may_change_what_it_captures_outside_its_future() {
    let site = Site::start().unwrap();
    let client = crate::client();
    let requests = (0..6).map(|i| client.get(site.url(&format!("/page/{i}?size=10"))));
    let limits = Limits::default();
    let saved = Mutex::new(Vec::new());
    let save = async |index| saved.lock().unwrap().push(index);
    // ANCHOR: callback
    let mut arrived = 0;
    let save = &save;
    fetch_each(requests, limits, |fetched| {
        arrived += 1; // here, not in the future
        async move { save(fetched.index).await }
    })
    .await;
    // ANCHOR_END: callback
    assert_eq!((arrived, saved.lock().unwrap().len()), (6, 6));
}

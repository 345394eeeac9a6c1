//! The traps of the page: what goes wrong, and what goes right.

use std::collections::HashSet;
use std::future::ready;
use std::sync::Mutex;

use async_fetch::{Limits, Page, fetch_each};
use demo_site::Site;
use reqwest::{Client, RequestBuilder, Response};
use tokio::time::{Duration, sleep};

// ANCHOR: client
async fn connects_each_time(urls: &[String]) -> reqwest::Result<()> {
    for url in urls {
        let client = Client::new(); // wrong: so does `reqwest::get`
        client.get(url).send().await?.bytes().await?;
    }
    Ok(())
}

async fn keeps_connections(urls: &[String]) -> reqwest::Result<()> {
    let client = Client::new(); // right: one for all, it is cheap to clone
    for url in urls {
        client.get(url).send().await?.bytes().await?;
    }
    Ok(())
}
// ANCHOR_END: client

#[tokio::test]
async fn a_client_per_request_connects_each_time() {
    let _limit = testing::watchdog::limit();
    let _ = crate::client(); // chooses the cryptography
    let site = Site::start().unwrap();
    let urls = [1, 2, 3, 4].map(|i| site.url(&format!("/page/{i}?size=10")));
    connects_each_time(&urls).await.unwrap();
    assert_eq!(site.counts().connections, 4);
    keeps_connections(&urls).await.unwrap();
    assert!(site.counts().connections < 8, "{:?}", site.counts());
}

// ANCHOR: unused
async fn forgets_the_await(client: &Client, url: &str) {
    let _response = client.get(url).send(); // wrong: a future, and nothing is sent
}

async fn awaits(client: &Client, url: &str) -> reqwest::Result<Response> {
    client.get(url).send().await // right
}
// ANCHOR_END: unused

#[tokio::test]
async fn a_future_that_is_not_awaited_sends_nothing() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let (client, url) = (crate::client(), site.url("/page/a?size=10"));
    forgets_the_await(&client, &url).await;
    sleep(Duration::from_millis(20)).await;
    assert_eq!(site.counts().requests, 0);
    assert!(awaits(&client, &url).await.is_ok());
    assert_eq!(site.counts().requests, 1);
}

// ANCHOR: yours
static SAVED: Mutex<Vec<usize>> = Mutex::new(Vec::new());

async fn save(index: usize) {
    SAVED.lock().expect("no save panics").push(index);
}
// ANCHOR_END: yours

// ANCHOR: callback
async fn save_each(requests: Vec<RequestBuilder>) -> usize {
    let mut arrived = 0;
    fetch_each(requests, Limits::default(), |fetched| {
        arrived += 1; // here, not in the future
        save(fetched.index)
    })
    .await;
    arrived
}
// ANCHOR_END: callback

#[tokio::test]
async fn a_callback_may_change_what_it_captures_outside_its_future() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let client = crate::client();
    let requests = (0..6).map(|i| client.get(site.url(&format!("/page/{i}?size=10"))));
    let arrived = save_each(requests.collect()).await;
    assert_eq!((arrived, SAVED.lock().unwrap().len()), (6, 6));
}

// ANCHOR: crawl
async fn crawl(client: &Client, start: String) -> HashSet<String> {
    let mut seen = HashSet::from([start.clone()]);
    let mut next = vec![start];
    while !next.is_empty() {
        let mut found = Vec::new();
        let requests: Vec<_> = next.iter().map(|url| client.get(url)).collect();
        fetch_each(requests, Limits::default(), |fetched| {
            found.extend(fetched.result.iter().flat_map(links)); // links() is yours
            ready(())
        })
        .await;
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

#[tokio::test]
async fn a_crawler_fetches_each_page_once() {
    let site = Site::start().unwrap();
    let client = crate::client();
    let start = site.url("/page/1");
    // On a task, because a service crawls there: the future is `Send`.
    let task = tokio::spawn(async move { crawl(&client, start).await });
    assert_eq!(task.await.unwrap().len(), 15);
    assert_eq!(site.counts().requests, 15);
}

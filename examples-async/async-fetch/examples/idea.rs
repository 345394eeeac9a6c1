// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The short version gives up the limits on body size and open connections, and never retries.
use reqwest::Client;
use tokio::task::JoinSet;

pub(crate) type Texts = Vec<reqwest::Result<String>>;

/// The text of each page, in the order of the URLs. At most `limit` requests are in flight.
pub(crate) async fn fetch_all(client: &Client, urls: &[&str], limit: usize) -> Texts {
    let (mut waiting, mut pages) = (urls.iter().enumerate(), Vec::new());
    let mut in_flight = JoinSet::new();
    loop {
        for (index, url) in waiting.by_ref().take(limit.max(1) - in_flight.len()) {
            let request = client.get(*url).timeout(std::time::Duration::from_secs(10));
            let page = async { request.send().await?.error_for_status()?.text().await };
            in_flight.spawn(async move { (index, page.await) });
        }
        match in_flight.join_next().await {
            Some(page) => pages.push(page.expect("a task here neither panics nor is aborted")),
            None => break,
        }
    }
    pages.sort_by_key(|(index, _)| *index);
    pages.into_iter().map(|(_, page)| page).collect()
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let pages = fetch_all(&Client::new(), &["https://example.com/"], 8).await;
    println!("{pages:?}");
}

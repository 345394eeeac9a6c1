// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches each page in a task of its own: `cargo run -p async-fetch --example task_per_page`

use demo_site::{Site, TOUR};
use std::time::Instant;
use tokio::task::{JoinError, JoinSet};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Site::start()?;
    let urls = TOUR.map(|page| server.url(page));
    // Only because this repository builds reqwest without its default cryptography.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let start = Instant::now();

    fetch_all(&urls).await?;

    let seconds = start.elapsed().as_secs_f64();
    let most = server.counts().most_in_flight;
    println!("12 pages in {seconds:.1} s, at most {most} in flight");
    Ok(())
}

// ANCHOR: changes
async fn fetch_all(urls: &[String]) -> Result<(), JoinError> {
    let client = reqwest::Client::new(); // keeps connections and uses them again
    let mut tasks = JoinSet::new();
    for url in urls {
        if tasks.len() == 8 {
            // Waits until one of the eight is done.
            if let Some(row) = tasks.join_next().await {
                println!("{}", row?);
            }
        }
        tasks.spawn(fetch(client.clone(), url.clone()));
    }
    while let Some(row) = tasks.join_next().await {
        println!("{}", row?); // `?` passes on the panic of a task
    }
    Ok(())
}
// ANCHOR_END: changes

// ANCHOR: yours
// ANCHOR: fetch
/// The size of the page, or why there is none.
async fn fetch(client: reqwest::Client, url: String) -> String {
    let body = async { client.get(&url).send().await?.bytes().await };
    match body.await {
        Ok(body) => format!("{:>8} bytes  {url}", body.len()),
        Err(error) => format!("  failed: {error}  {url}"),
    }
}
// ANCHOR_END: fetch
// ANCHOR_END: yours

//! What `twin.py` does, with the snippet:
//! cargo run -p async-fetch --example gather -- URL [URL ...]

use std::time::Instant;
use std::{env, io};

use async_fetch::{Limits, client, fetch_all};
use reqwest::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use io::Write as _;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let urls: Vec<String> = env::args_os()
        .skip(1)
        .map(|url| url.to_string_lossy().into_owned())
        .collect();
    let start = Instant::now();
    let rows = rows(&client()?, &urls).await;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", rows.join("\n"))?;
    let elapsed = start.elapsed().as_secs_f64();
    writeln!(out, "{} pages in {elapsed:.2} s", urls.len())?;
    Ok(())
}

/// A row for each URL, in their order.
pub(crate) async fn rows(client: &Client, urls: &[String]) -> Vec<String> {
    // Eight in flight and 10 s for each, because the limits say nothing else.
    let pages = fetch_all(urls.iter().map(|url| client.get(url)), Limits::default()).await;
    let rows = urls.iter().zip(pages).map(|(url, page)| match page {
        Ok(page) => format!("{} {} {url}", page.status, page.body.len()),
        Err(error) => format!("failed {url}: {error}"),
    });
    rows.collect()
}

//! What `twin.mjs` does, with the snippet:
//! cargo run -p async-fetch-smol --example promise_all -- URL [URL ...]

use async_fetch_smol::{Client, Limits, fetch_all};
use std::env;
use std::io::{self, Write};
use std::time::Instant;

fn main() -> io::Result<()> {
    let urls: Vec<String> = env::args_os()
        .skip(1)
        .map(|url| url.to_string_lossy().into_owned())
        .collect();
    let start = Instant::now();
    let rows = smol::block_on(rows(&urls));
    let mut out = io::stdout().lock();
    writeln!(out, "{}", rows.join("\n"))?;
    let elapsed = start.elapsed().as_secs_f64();
    writeln!(out, "{} pages in {elapsed:.2} s", urls.len())
}

/// A row for each URL, in their order.
pub(crate) async fn rows(urls: &[String]) -> Vec<String> {
    // Eight in flight and 10 s for each, because the limits say nothing else.
    let pages = fetch_all(&Client::new(), urls, Limits::default()).await;
    let rows = urls.iter().zip(pages).map(|(url, page)| match page {
        Ok(page) => format!("{} {} {url}", page.status, page.body.len()),
        Err(error) => format!("failed {url}: {error}"),
    });
    rows.collect()
}

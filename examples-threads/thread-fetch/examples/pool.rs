//! What `twin_pool.py` does, with the snippet: cargo run -p thread-fetch --example pool -- URL
//! [URL ...]

use std::env;
use std::io::{self, Write};
use std::time::Instant;
use thread_fetch::{Limits, agents, fetch_all};

fn main() -> io::Result<()> {
    let urls: Vec<String> = env::args_os()
        .skip(1)
        .map(|url| url.to_string_lossy().into_owned())
        .collect();
    let start = Instant::now();
    let rows = rows(&urls);
    let mut out = io::stdout().lock();
    writeln!(out, "{}", rows.join("\n"))?;
    let elapsed = start.elapsed().as_secs_f64();
    writeln!(out, "{} pages in {elapsed:.2} s", urls.len())
}

/// A row for each URL, in their order.
pub(crate) fn rows(urls: &[String]) -> Vec<String> {
    // Eight threads and 10 s for each URL, unless the limits say otherwise.
    let pages = fetch_all(&agents(8), urls, Limits::default());
    let rows = urls.iter().zip(pages).map(|(url, page)| match page {
        Ok(page) => format!("{} {} {url}", page.status, page.body.len()),
        Err(error) => format!("failed {url}: {error}"),
    });
    rows.collect()
}

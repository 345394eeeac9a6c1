//! `Promise.all` over requests, with smol.

use async_fetch_smol::{Client, Limits, fetch_all};

#[rustfmt::skip] // narrow, for the page
// ANCHOR: construct
/// A row for each URL. At most eight are in flight.
pub(crate) async fn rows(
    urls: &[&str],
) -> Vec<String> {
    let client = Client::new();
    let limits = Limits::default();
    let pages = fetch_all(&client, urls, limits).await;
    let rows = pages.iter().map(|page| match page {
        Ok(page) =>
            format!("{} bytes", page.body.len()),
        Err(error) => format!("failed: {error}"),
    });
    rows.collect()
}
// ANCHOR_END: construct

fn main() {
    println!("{:?}", smol::block_on(rows(&["http://example.com/"])));
}

//! `asyncio.gather` and `Promise.all` with a limit, in Rust.

use futures_util::{StreamExt as _, stream};
use reqwest::{Client, Result};

#[rustfmt::skip] // narrow, for the page
// ANCHOR: construct
/// In the order of the URLs, eight in flight.
pub(crate) async fn fetch_all(
    client: &Client,
    urls: &[String],
) -> Vec<Result<String>> {
    let pages = urls.iter().map(|url| async move {
        let response = client.get(url).send().await?;
        response.error_for_status()?.text().await
    });
    stream::iter(pages).buffered(8).collect().await
}
// ANCHOR_END: construct

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let urls: Vec<String> = std::env::args().skip(1).collect();
    for page in fetch_all(&Client::new(), &urls).await {
        println!("{:?}", page.map(|text| text.len()));
    }
}

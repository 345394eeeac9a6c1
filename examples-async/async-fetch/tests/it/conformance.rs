//! The suite that every fetcher passes.

use async_fetch::fetch_all;
use fetcher_suite::conformance::{Fetcher, Limits, Outcome, outcome};

fn fetch(urls: &[String], limits: Limits) -> Vec<Outcome> {
    let limits = async_fetch::Limits {
        concurrency: limits.concurrency,
        timeout: limits.timeout,
        max_body: limits.max_body,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a test has a descriptor left");
    let client = crate::client();
    let requests = urls.iter().map(|url| client.get(url));
    let results = runtime.block_on(fetch_all(requests, limits));
    // A name lookup that was given up may still block a thread. The test does not wait for it.
    runtime.shutdown_background();
    let pages = results
        .into_iter()
        .map(|result| result.map(|page| (page.status, page.body)));
    pages.map(outcome).collect()
}

const FETCHER: Fetcher = Fetcher {
    fetch,
    program: env!("CARGO_BIN_EXE_async-fetch"),
    https: true,
    ten_thousand_in_flight: true,
};

fetcher_suite::conformance!(FETCHER);
fetcher_suite::faults!(FETCHER);

#[test]
fn twin_finds_the_same() {
    fetcher_suite::conformance::twin_finds_the_same(
        FETCHER,
        env!("CARGO_MANIFEST_DIR"),
        &["aiohttp"],
    );
}

#[test]
fn node_twin_finds_the_same() {
    fetcher_suite::conformance::node_twin_finds_the_same(FETCHER, env!("CARGO_MANIFEST_DIR"));
}

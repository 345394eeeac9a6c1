//! The suite that every fetcher passes, and the one for those whose HTTP is written here.

use fetcher_suite::conformance::{Fetcher, Limits, Outcome, outcome};
use thread_fetch_std::{Client, fetch_all};

fn fetch(urls: &[String], limits: Limits) -> Vec<Outcome> {
    let limits = thread_fetch_std::Limits {
        concurrency: limits.concurrency,
        timeout: limits.timeout,
        max_body: limits.max_body,
    };
    let results = fetch_all(&Client::new(), urls, limits);
    let pages = results
        .into_iter()
        .map(|result| result.map(|page| (page.status, page.body)));
    pages.map(outcome).collect()
}

const FETCHER: Fetcher = Fetcher {
    fetch,
    program: env!("CARGO_BIN_EXE_thread-fetch-std"),
    https: false,
    ten_thousand_in_flight: false,
};

fetcher_suite::conformance!(FETCHER);
fetcher_suite::faults!(FETCHER);
fetcher_suite::scripts!(FETCHER);

#[test]
fn twin_finds_the_same() {
    fetcher_suite::conformance::twin_finds_the_same(FETCHER, env!("CARGO_MANIFEST_DIR"), &[]);
}

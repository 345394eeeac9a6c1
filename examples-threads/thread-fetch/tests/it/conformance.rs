//! The suite that every fetcher passes.

use fetcher_suite::conformance::{Fetcher, Limits, Outcome, outcome};
use thread_fetch::{agents_with, config, fetch_all};

fn fetch(urls: &[String], limits: Limits) -> Vec<Outcome> {
    let limits = thread_fetch::Limits {
        concurrency: limits.concurrency,
        timeout: limits.timeout,
        max_body: limits.max_body,
    };
    let agents = agents_with(limits.concurrency, config(2).proxy(None).build());
    let results = fetch_all(&agents, urls, limits);
    let pages = results
        .into_iter()
        .map(|result| result.map(|page| (page.status, page.body)));
    pages.map(outcome).collect()
}

const FETCHER: Fetcher = Fetcher {
    fetch,
    program: env!("CARGO_BIN_EXE_thread-fetch"),
    https: true,
    ten_thousand_in_flight: false,
};

fetcher_suite::conformance!(FETCHER);
// ureq-proto has this limit, and no setting for it.
fetcher_suite::faults!(FETCHER, header_fields: 128);

#[test]
fn twin_finds_the_same() {
    fetcher_suite::conformance::twin_finds_the_same(
        FETCHER,
        env!("CARGO_MANIFEST_DIR"),
        &["requests"],
    );
}

#[test]
fn pool_twin_finds_the_same() {
    let folder = env!("CARGO_MANIFEST_DIR");
    fetcher_suite::conformance::second_twin_finds_the_same(
        FETCHER,
        folder,
        "twin_pool.py",
        &["requests"],
    );
}

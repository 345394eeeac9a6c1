//! The suite that every fetcher passes.

use async_fetch_smol::{Client, fetch_all};
use fetcher_suite::conformance::{Fetcher, Limits, Outcome, outcome};

fn fetch(urls: &[String], limits: Limits) -> Vec<Outcome> {
    let limits = async_fetch_smol::Limits {
        concurrency: limits.concurrency,
        timeout: limits.timeout,
        max_body: limits.max_body,
    };
    let results = smol::block_on(fetch_all(&Client::new(), urls, limits));
    let pages = results
        .into_iter()
        .map(|result| result.map(|page| (page.status, page.body)));
    pages.map(outcome).collect()
}

const FETCHER: Fetcher = Fetcher {
    fetch,
    program: env!("CARGO_BIN_EXE_async-fetch-smol"),
    https: true,
    ten_thousand_in_flight: true,
};

fetcher_suite::conformance!(FETCHER);
fetcher_suite::faults!(FETCHER);
fetcher_suite::scripts!(FETCHER;
    a_kept_connection_that_was_closed_is_replaced_once
    a_name_is_looked_up
);

#[test]
fn twin_finds_the_same() {
    fetcher_suite::conformance::node_twin_finds_the_same(FETCHER, env!("CARGO_MANIFEST_DIR"));
}

//! The suite that every fetcher passes, and the one for those whose HTTP is written here.

use fetcher_suite::conformance::{Fetcher, Limits, Outcome, outcome};
use reactor::{Client, block_on, fetch_all};

fn fetch(urls: &[String], limits: Limits) -> Vec<Outcome> {
    let limits = reactor::Limits {
        concurrency: limits.concurrency,
        timeout: limits.timeout,
        max_body: limits.max_body,
    };
    let results = block_on(async |reactor| fetch_all(&Client::new(&reactor), urls, limits).await);
    let pages = results
        .expect("the system has a poller")
        .into_iter()
        .map(|result| result.map(|page| (page.status, page.body)));
    pages.map(outcome).collect()
}

const FETCHER: Fetcher = Fetcher {
    fetch,
    program: env!("CARGO_BIN_EXE_reactor"),
    https: false,
    ten_thousand_in_flight: true,
};

fetcher_suite::conformance!(FETCHER);
fetcher_suite::faults!(FETCHER);
fetcher_suite::scripts!(FETCHER);

#[test]
fn twin_finds_the_same() {
    fetcher_suite::conformance::twin_finds_the_same(FETCHER, env!("CARGO_MANIFEST_DIR"), &[]);
}

//! The suite that every fetcher passes.

use std::process::Command;

use fetcher_suite::conformance::{Fetcher, Limits, Outcome, outcome};
use process_fetch::fetch_each_by;

/// As `fetch_all`, but that this test has no `main` of its own that could serve.
fn fetch(urls: &[String], limits: Limits) -> Vec<Outcome> {
    let limits = process_fetch::Limits {
        concurrency: limits.concurrency,
        timeout: limits.timeout,
        max_body: limits.max_body,
    };
    let mut all = Vec::new();
    let program = || Command::new(FETCHER.program);
    fetch_each_by(program, urls, limits, |fetched| all.push(fetched));
    all.sort_by_key(|fetched| fetched.index);
    let pages = all
        .into_iter()
        .map(|fetched| fetched.result.map(|page| (page.status, page.body)));
    pages.map(outcome).collect()
}

const FETCHER: Fetcher = Fetcher {
    fetch,
    program: env!("CARGO_BIN_EXE_process-fetch"),
    https: true,
    ten_thousand_in_flight: false,
};

fetcher_suite::conformance!(FETCHER);
// ureq-proto has this limit, and no setting for it.
fetcher_suite::faults!(FETCHER, header_fields: 128);

#[test]
fn twin_finds_the_same() {
    fetcher_suite::conformance::twin_finds_the_same(FETCHER, env!("CARGO_MANIFEST_DIR"), &[]);
}

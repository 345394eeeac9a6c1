//! The suite that every fetcher passes.

use async_fetch_async_std::{Client, fetch_all};
use fetcher_suite::conformance::{Fetcher, Limits, Outcome, outcome};

fn fetch(urls: &[String], limits: Limits) -> Vec<Outcome> {
    let limits = async_fetch_async_std::Limits {
        concurrency: limits.concurrency,
        timeout: limits.timeout,
        max_body: limits.max_body,
    };
    let results = async_std::task::block_on(fetch_all(&Client::new(), urls, limits));
    let pages = results
        .into_iter()
        .map(|result| result.map(|page| (page.status, page.body)));
    pages.map(outcome).collect()
}

const FETCHER: Fetcher = Fetcher {
    fetch,
    program: env!("CARGO_BIN_EXE_async-fetch-async-std"),
    https: true,
    ten_thousand_in_flight: true,
};

fetcher_suite::conformance!(FETCHER);
fetcher_suite::faults!(FETCHER);
fetcher_suite::scripts!(FETCHER;
    a_kept_connection_that_was_closed_is_replaced_once
    a_name_is_looked_up
);

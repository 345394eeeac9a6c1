//! The demonstration: fetches the URLs of the command line, or the pages of the built-in server.

use async_fetch_smol::{Client, Limits, fetch_each};
use demo::Session;

fn main() -> anyhow::Result<()> {
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    // One thread is enough for thousands of requests, because it only waits for the network.
    smol::block_on(fetch_each(
        &Client::new(),
        session.urls(),
        limits,
        async |fetched| {
            let result = fetched.result.map(|page| (page.status, page.body));
            session.arrived(fetched.index, fetched.elapsed, result);
        },
    ));
    session.finish()
}

//! The demonstration: fetches what the command line names, or the pages of the built-in site.

use async_fetch_smol::{Limits, fetch_each};
use demo::Session;

fn main() -> anyhow::Result<()> {
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    // One thread is enough for thousands of requests: it only ever waits for the network.
    smol::block_on(fetch_each(session.urls(), limits, |fetched| {
        let result = fetched.result.map(|page| (page.status, page.body));
        session.arrived(fetched.index, fetched.elapsed, result);
    }));
    session.finish()
}

//! The demonstration: fetches what the command line names, or the pages of the built-in site.

use demo::Session;
use reactor::{Limits, block_on, fetch_each};

fn main() -> anyhow::Result<()> {
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    block_on(async |reactor| {
        fetch_each(&reactor, session.urls(), limits, |fetched| {
            let result = fetched.result.map(|page| (page.status, page.body));
            session.arrived(fetched.index, fetched.elapsed, result);
        })
        .await;
    })?;
    session.finish()
}

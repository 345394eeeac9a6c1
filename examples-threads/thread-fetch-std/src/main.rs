//! The demonstration: fetches the URLs of the command line, or the pages of the built-in server.

use demo::Session;
use thread_fetch_std::{Client, Limits, fetch_each};

fn main() -> anyhow::Result<()> {
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    // This client knows no proxies, so HTTP_PROXY changes nothing.
    fetch_each(&Client::new(), session.urls(), limits, |fetched| {
        let result = fetched.result.map(|page| (page.status, page.body));
        session.arrived(fetched.index, fetched.elapsed, result);
    });
    session.finish()
}

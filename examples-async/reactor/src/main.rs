//! The demonstration: fetches the URLs of the command line, or the pages of the built-in server.

use demo::Session;
use reactor::{Client, Limits, block_on, fetch_each};

fn main() -> anyhow::Result<()> {
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    block_on(async |reactor| {
        // This client knows no proxies, so HTTP_PROXY changes nothing.
        let client = Client::new(&reactor);
        fetch_each(&client, session.urls(), limits, async |fetched| {
            let result = fetched.result.map(|page| (page.status, page.body));
            session.arrived(fetched.index, fetched.elapsed, result);
        })
        .await;
    })?;
    session.finish()
}

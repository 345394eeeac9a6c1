//! The demonstration: fetches the URLs of the command line, or the pages of the built-in server.

use async_fetch::{Limits, client_builder, fetch_each};
use demo::Session;

// One thread is enough for thousands of requests, because it only waits for the network.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    // The cryptography for https. It is chosen once per program, so the library leaves it alone.
    // With reqwest's default features there is nothing to choose; ring builds in half the time.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = client_builder()
        .no_proxy() // straight to the server, whatever HTTP_PROXY says
        .connect_timeout(session.timeout())
        .build()?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    let requests = session.urls().iter().map(|url| client.get(url));
    fetch_each(requests, limits, async |fetched| {
        let result = fetched.result.map(|page| (page.status, page.body));
        session.arrived(fetched.index, fetched.elapsed, result);
    })
    .await;
    session.finish()
}

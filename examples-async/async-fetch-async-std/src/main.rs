//! The demonstration: fetches the URLs of the command line, or the pages of the built-in server.

use std::io::{self, IsTerminal as _, Write as _};

use async_fetch_async_std::{Client, Limits, fetch_each};
use async_std::task;
use demo::Session;

fn main() -> anyhow::Result<()> {
    // Only if a person reads it: a program that reads the output has no use for it.
    if io::stderr().is_terminal() {
        let notice = "async-std was discontinued in March 2025; its authors say: use smol";
        let _ = writeln!(io::stderr(), "{notice} (async-fetch-smol)");
    }
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    // One thread is enough for thousands of requests, because it only waits for the network.
    task::block_on(fetch_each(
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

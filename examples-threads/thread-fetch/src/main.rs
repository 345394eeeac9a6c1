//! The demonstration: fetches the URLs of the command line, or the pages of the built-in server.

use demo::Session;
use thread_fetch::{Limits, agents_with, config, fetch_each};

fn main() -> anyhow::Result<()> {
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    // No proxy: a demonstration reaches the server itself, whatever HTTP_PROXY says.
    let workers = limits.concurrency.min(session.urls().len());
    let agents = agents_with(workers, config(2).proxy(None).build());
    fetch_each(&agents, session.urls(), limits, |fetched| {
        let result = fetched.result.map(|page| (page.status, page.body));
        session.arrived(fetched.index, fetched.elapsed, result);
    });
    session.finish()
}

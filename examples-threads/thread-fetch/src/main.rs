//! The demonstration: fetches the URLs of the command line, or the pages of the built-in server.

use demo::Session;
use thread_fetch::{Limits, agent_with, config, fetch_each};

fn main() -> anyhow::Result<()> {
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    // No proxy: a demonstration reaches the server itself, whatever HTTP_PROXY says.
    let agent = agent_with(config(limits.concurrency).proxy(None).build());
    fetch_each(&agent, session.urls(), limits, |fetched| {
        let result = fetched.result.map(|page| (page.status, page.body));
        session.arrived(fetched.index, fetched.elapsed, result);
    });
    session.finish()
}

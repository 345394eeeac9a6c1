//! The demonstration: fetches the URLs of the command line, or the pages of the built-in server.

use demo::Session;
use process_fetch::{Limits, Page, agent_with, config, fetch_each, serve_with};

fn main() -> anyhow::Result<()> {
    // First of all: a worker never returns from here. No proxy: a demonstration reaches the server
    // itself, whatever HTTP_PROXY says.
    serve_with(|| agent_with(config(1).proxy(None).build()), parse);
    let session = Session::start(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_DESCRIPTION"))?;
    let limits = Limits {
        concurrency: session.concurrency(),
        timeout: session.timeout(),
        max_body: session.max_body(),
    };
    fetch_each(session.urls(), limits, |fetched| {
        let result = fetched.result.map(|page| (page.status, page.body));
        session.arrived(fetched.index, fetched.elapsed, result);
    });
    session.finish()
}

/// A parser with three bugs, on pages that begin with these words. This is what workers are for.
fn parse(page: Page) -> Page {
    assert!(!page.body.starts_with(b"panic"), "a bug in the parser");
    if page.body.starts_with(b"crash") {
        std::process::abort(); // as a fault in a C library would
    }
    while page.body.starts_with(b"hang") {
        std::hint::spin_loop();
    }
    page
}

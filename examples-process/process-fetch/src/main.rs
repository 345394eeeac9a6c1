//! The demonstration: fetches what the command line names, or the pages of the built-in site.

use demo::Session;
use process_fetch::{Limits, Page, fetch_each, serve};

fn main() -> anyhow::Result<()> {
    serve(parse); // First of all: a worker stays in here.
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

/// A parser with three bugs, for pages that begin with these words: what a worker is for.
fn parse(page: Page) -> Page {
    assert!(!page.body.starts_with(b"panic"), "a bug in the parser");
    if page.body.starts_with(b"crash") {
        std::process::abort(); // As a fault in a C library would.
    }
    while page.body.starts_with(b"hang") {
        std::hint::spin_loop();
    }
    page
}

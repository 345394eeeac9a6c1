//! The construct of `twin.py` in Rust: pages are fetched and parsed in worker processes.

use process_fetch::{Limits, Page, fetch_all, serve};

// ANCHOR: construct
fn main() {
    serve(parse); // a worker never returns from here
    let urls = ["https://example.com/"];
    for page in fetch_all(urls, Limits::default()) {
        // a worker that dies costs its own row
        println!("{:?}", page.map(|page| page.status));
    }
}

fn parse(page: Page) -> Page {
    page // runs in a worker process, and may crash
}
// ANCHOR_END: construct

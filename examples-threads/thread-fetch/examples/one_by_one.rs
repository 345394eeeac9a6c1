// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches pages one after another: `cargo run -p thread-fetch --example one_by_one`

use demo_site::{Site, TOUR};
use std::io;
use std::time::Instant;

fn main() -> io::Result<()> {
    let server = Site::start()?; // on this machine, with pages that are slow on purpose
    let urls = TOUR.map(|page| server.url(page));
    let start = Instant::now();

    fetch_all(&urls);

    let seconds = start.elapsed().as_secs_f64();
    let most = server.counts().most_in_flight;
    println!("12 pages in {seconds:.1} s, at most {most} in flight");
    Ok(())
}

// ANCHOR: changes
fn fetch_all(urls: &[String]) {
    for url in urls {
        println!("{}", fetch(url));
    }
}
// ANCHOR_END: changes

// ANCHOR: yours
// ANCHOR: fetch
/// The size of the page, or why there is none.
fn fetch(url: &str) -> String {
    let response = ureq::get(url).call();
    match response.and_then(|mut response| response.body_mut().read_to_vec()) {
        Ok(body) => format!("{:>8} bytes  {url}", body.len()),
        Err(error) => format!("  failed: {error}  {url}"),
    }
}
// ANCHOR_END: fetch
// ANCHOR_END: yours

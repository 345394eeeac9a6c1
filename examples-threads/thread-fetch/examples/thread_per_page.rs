// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Fetches each page on a thread of its own: `cargo run -p thread-fetch --example thread_per_page`

use demo_site::{Site, TOUR};
use std::time::Instant;
use std::{io, thread};

fn main() -> io::Result<()> {
    let server = Site::start()?;
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
    thread::scope(|scope| {
        for url in urls {
            scope.spawn(move || println!("{}", fetch(url)));
        }
    }); // returns when the last thread has ended
}
// ANCHOR_END: changes

// ANCHOR: yours
/// The size of the page, or why there is none.
fn fetch(url: &str) -> String {
    let response = ureq::get(url).call();
    match response.and_then(|mut response| response.body_mut().read_to_vec()) {
        Ok(body) => format!("{:>8} bytes  {url}", body.len()),
        Err(error) => format!("  failed: {error}  {url}"),
    }
}
// ANCHOR_END: yours

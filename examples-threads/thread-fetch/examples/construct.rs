//! The construct of `twin.py` in Rust: a thread for each URL.

use std::thread;

#[rustfmt::skip] // narrow, for the page
// ANCHOR: construct
fn fetch_all(urls: &[&str]) -> Vec<usize> {
    thread::scope(|scope| {
        let threads: Vec<_> = urls
            .iter()
            .map(|url| scope.spawn(|| fetch(url)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(0))
            .collect()
    })
}
// ANCHOR_END: construct

fn fetch(url: &str) -> usize {
    let page = ureq::get(url).call();
    page.map_or(0, |page| page.headers().len())
}

fn main() {
    println!("{:?}", fetch_all(&["http://127.0.0.1:1/"]));
}

//! The construct of `twin.py` in Rust: a thread for each URL.

use std::thread;

#[rustfmt::skip] // narrow, for the page
// ANCHOR: construct
pub(crate) fn fetch_all(urls: &[&str]) -> Vec<usize> {
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

// ANCHOR: yours
fn fetch(url: &str) -> usize {
    let page = ureq::get(url).call();
    let text = page.and_then(|mut page| page.body_mut().read_to_string());
    text.map_or(0, |text| text.len()) // 0 for one that failed
}
// ANCHOR_END: yours

fn main() {
    println!("{:?}", fetch_all(&["http://127.0.0.1:1/"]));
}

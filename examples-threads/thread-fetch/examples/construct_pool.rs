// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The construct of `twin_pool.py` in Rust: eight threads take the URLs from one queue.
#![allow(clippy::unwrap_used, reason = "the lines as they are usually written")]

use std::sync::Mutex;
use std::thread;

#[rustfmt::skip] // narrow, for the page
// ANCHOR: construct
pub(crate) fn fetch_all(urls: &[&str]) -> Vec<usize> {
    let queue = Mutex::new(urls.iter().enumerate());
    let pages = Mutex::new(vec![0; urls.len()]);
    let work = || loop {
        let next = queue.lock().unwrap().next();
        let Some((index, url)) = next else { break };
        let page = fetch(url); // no lock is held here
        pages.lock().unwrap()[index] = page;
    };
    thread::scope(|scope| {
        for _ in 0..8 { scope.spawn(work); }
    }); // waits for the threads
    pages.into_inner().unwrap()
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
    println!("{:?}", fetch_all(&["http://127.0.0.1:1/"; 20]));
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The short version gives up retries, redirects and bodies without a length: both are errors here.
use std::{sync::Mutex, thread, time::Duration};
use ureq::{Agent, Error};

type Page = Result<String, Error>;
fn fetch(agent: &Agent, url: &str) -> Page {
    let request = agent.get(url).config().max_redirects(0);
    let timeout = Some(Duration::from_secs(10));
    let page = request.timeout_global(timeout).build().call()?;
    let has_length = page.headers().contains_key("content-length");
    let coding = page.headers().get("transfer-encoding");
    let is_whole = has_length || coding.is_some_and(|coding| coding == "chunked");
    if page.status().is_redirection() || !is_whole {
        return Err(Error::ConnectionFailed);
    }
    page.into_body().read_to_string() // 10 MB at most
}
pub(crate) fn fetch_all(agent: &Agent, urls: &[&str], threads: usize) -> Vec<Page> {
    let mut pages: Vec<Page> = urls.iter().map(|_| Err(Error::ConnectionFailed)).collect();
    let queue = Mutex::new(urls.iter().zip(&mut pages));
    let next = || queue.lock().expect("never poisoned").next(); // unlocked immediately
    let work = || std::iter::from_fn(next).for_each(|(url, page)| *page = fetch(agent, url));
    thread::scope(|scope| (0..threads.max(1)).for_each(|_| drop(scope.spawn(work))));
    pages // in the order of the URLs
}
pub(crate) fn main() {
    let urls = ["https://example.com/", "https://example.org/"];
    println!("{:?}", fetch_all(&Agent::new_with_defaults(), &urls, 8));
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The short version gives up redirects and bodies without a length. Late threads are left behind.
use std::io::{Error, Read, Result, Write};
use std::time::{Duration, Instant};
use std::{net::TcpStream, sync::mpsc, thread};
#[rustfmt::skip] // few lines
fn get(host: &str, path: &str) -> Result<Vec<u8>> {
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    let is_good = request.split_ascii_whitespace().count() == 5 && request.lines().count() == 3;
    if !is_good { return Err(Error::other("a blank or a line end in the URL")) }
    let (mut stream, mut response) = (TcpStream::connect(host)?, Vec::new());
    stream.write_all(request.as_bytes()).and(stream.take(10 << 20).read_to_end(&mut response))?;
    let end = response.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |end| end + 4);
    let (body, head) = (response.split_off(end), String::from_utf8_lossy(&response).to_lowercase());
    let length = format!("\r\ncontent-length: {}\r\n", body.len());
    let is_page = head.split(' ').nth(1) == Some("200") && head.contains(&length);
    is_page.then_some(body).ok_or_else(|| Error::other(head))
}
pub(crate) fn fetch_all(urls: Vec<(String, String)>) -> Vec<(usize, Result<Vec<u8>>)> {
    let (sender, pages) = mpsc::channel();
    for (index, (host, path)) in urls.into_iter().enumerate() {
        let sender = sender.clone();
        thread::spawn(move || sender.send((index, get(&host, &path))));
    }
    drop(sender); // the threads have the only senders
    let deadline = Instant::now() + Duration::from_secs(10);
    let left = || deadline.saturating_duration_since(Instant::now());
    std::iter::from_fn(|| pages.recv_timeout(left()).ok()).collect()
}
#[rustfmt::skip]
pub(crate) fn main() { println!("{:?}", fetch_all(vec![("example.com:80".into(), "/".into())])) }

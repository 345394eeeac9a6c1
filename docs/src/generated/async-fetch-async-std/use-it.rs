use async_fetch_async_std::{Limits, fetch_all};

fn main() {
    let urls = ["https://example.com/", "https://example.org/"].map(String::from);
    let pages = async_std::task::block_on(fetch_all(&urls, Limits::default()));
    for (url, page) in urls.iter().zip(pages) {
        match page {
            Ok(page) => println!("{url}: {} bytes", page.body.len()),
            Err(error) => println!("{url}: {error}"),
        }
    }
}

use process_fetch::{Limits, fetch_all, serve};

fn main() {
    serve(|page| page); // First in main: a worker stays in here. Here it would parse the page.
    let urls = ["https://example.com/", "https://example.org/"].map(String::from);
    let pages = fetch_all(&urls, Limits::default());
    for (url, page) in urls.iter().zip(pages) {
        match page {
            Ok(page) => println!("{url}: {} bytes", page.body.len()),
            Err(error) => println!("{url}: {error}"),
        }
    }
}

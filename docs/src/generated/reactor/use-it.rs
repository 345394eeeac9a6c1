use reactor::{Limits, block_on, fetch_all};

fn main() -> std::io::Result<()> {
    let urls = ["http://example.com/", "http://example.org/"].map(String::from);
    let limits = Limits::default();
    let pages = block_on(async |reactor| fetch_all(&reactor, &urls, limits).await)?;
    for (url, page) in urls.iter().zip(pages) {
        match page {
            Ok(page) => println!("{url}: {} bytes", page.body.len()),
            Err(error) => println!("{url}: {error}"),
        }
    }
    Ok(())
}

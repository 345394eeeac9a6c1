async fn fetch(url: &str) -> usize {
    url.len()
}

async fn sizes(urls: &[&str]) -> Vec<usize> {
    let mut sizes = Vec::new();
    for url in urls {
        sizes.push(fetch(url).await); // one after another
    }
    sizes
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{:?}", sizes(&["a", "bcd"]).await);
}

async fn fetch(url: &str) -> usize {
    url.len()
}

async fn sizes(urls: &[&str]) -> Vec<usize> {
    urls.iter().map(|url| fetch(url).await).collect()
}

fn main() {
    let _ = sizes(&["a", "b"]);
}

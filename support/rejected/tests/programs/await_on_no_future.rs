fn size(url: &str) -> usize {
    url.len()
}

async fn run() -> usize {
    size("a").await
}

fn main() {
    let _ = run();
}

async fn size(url: &str) -> usize {
    url.len()
}

async fn run() -> usize {
    let size: usize = size("a");
    size
}

fn main() {
    let _ = run();
}

async fn size(url: &str) -> usize {
    url.len()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let size: usize = size("a").await;
    println!("{size}");
}

async fn fetch() {}

async fn main() {
    fetch().await;
}

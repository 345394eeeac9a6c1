async fn fetch() {
    println!("fetching");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    fetch().await;
}

use std::time::Duration;

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    tokio::time::pause(); // the tests of an async fn
    tokio::time::sleep(Duration::from_secs(60)).await;
}

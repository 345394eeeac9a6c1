use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tokio::time::pause(); // in a test: #[tokio::test(start_paused = true)]
    tokio::time::sleep(Duration::from_secs(60)).await; // takes no time
}

use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut ticks = tokio::time::interval(Duration::ZERO);
    ticks.tick().await;
}

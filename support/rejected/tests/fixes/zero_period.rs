use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    ticks.tick().await; // the first tick is immediate
}

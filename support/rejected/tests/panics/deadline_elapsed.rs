use std::future::pending;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    timeout(Duration::from_millis(10), pending::<()>())
        .await
        .unwrap();
}

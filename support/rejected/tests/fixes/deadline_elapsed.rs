use std::future::pending;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    match timeout(Duration::from_millis(10), pending::<()>()).await {
        Ok(()) => println!("done in time"),
        Err(elapsed) => println!("{elapsed}"), // the future inside has been dropped
    }
}

use std::time::Duration;

fn main() {
    let sleep = tokio::time::sleep(Duration::from_millis(1));
    drop(sleep);
}

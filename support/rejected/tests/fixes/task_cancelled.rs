use std::future::pending;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task = tokio::spawn(pending::<()>());
    task.abort();
    match task.await {
        Err(error) if error.is_cancelled() => println!("stopped, as asked"),
        other => other.unwrap(),
    }
}

use std::future::pending;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task = tokio::spawn(pending::<()>());
    task.abort();
    if let Err(error) = task.await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

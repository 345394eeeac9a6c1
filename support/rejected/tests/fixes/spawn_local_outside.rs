use tokio::task::{LocalSet, spawn_local};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let local = LocalSet::new();
    let answer = local.run_until(async { spawn_local(async { 7 }).await });
    println!("{}", answer.await.unwrap());
}

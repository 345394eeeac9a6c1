#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task = tokio::task::spawn_blocking(|| (0..1_000_000_u64).sum::<u64>());
    println!("{}", task.await.unwrap());
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task = tokio::task::spawn_local(async { 7 });
    println!("{:?}", task.await);
}

async fn work() {
    println!("working");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    work().await;
}

async fn countdown(n: u32) {
    if n > 0 {
        Box::pin(countdown(n - 1)).await;
    }
    println!("{n}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    countdown(3).await;
}

use tokio::sync::Semaphore;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let downloads = Semaphore::new(2);
    downloads.close();
    let _permit = downloads.acquire().await.unwrap();
}

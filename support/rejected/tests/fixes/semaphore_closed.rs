use tokio::sync::Semaphore;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let downloads = Semaphore::new(2);
    downloads.close(); // wakes all that wait: a way to stop them
    match downloads.acquire().await {
        Ok(_permit) => println!("downloading"),
        Err(_) => println!("no more downloads"),
    }
}

use semaphore_async::Limit;
use tokio::task::{JoinSet, yield_now};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (limit, mut pages) = (Limit::new(4), JoinSet::new());
    for number in 0..20 {
        let fetch = async move { yield_now().await; number };
        limit.spawn(&mut pages, fetch).await?; // waits here while 4 are under way
    }
    assert_eq!(pages.join_all().await.len(), 20);
    Ok(())
}

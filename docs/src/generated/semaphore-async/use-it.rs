use semaphore_async::Limit;
use tokio::task::{JoinSet, yield_now};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (limit, mut tasks, mut sum) = (Limit::new(4), JoinSet::new(), 0);
    for number in 0..20 {
        let fetch = async move { yield_now().await; number };
        limit.spawn(&mut tasks, fetch).await?; // waits here while 4 are under way
        while let Some(page) = tasks.try_join_next() { sum += page?; } // or they pile up
    }
    while let Some(page) = tasks.join_next().await { sum += page?; }
    assert_eq!(sum, 190);
    Ok(())
}

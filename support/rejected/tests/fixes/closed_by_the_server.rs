use std::time::Duration;

fn main() -> reqwest::Result<()> {
    // The server closed a kept connection just when it was used again. Close idle ones earlier
    // than the server does, and repeat what may be repeated (a GET, not a payment).
    let client = reqwest::Client::builder()
        .pool_idle_timeout(Duration::from_secs(5))
        .build()?;
    println!("{client:?}");
    Ok(())
}

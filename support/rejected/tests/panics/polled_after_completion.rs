use std::pin::pin;

async fn seven() -> u32 {
    7
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut seven = pin!(seven());
    println!("{}", (&mut seven).await);
    println!("{}", (&mut seven).await);
}

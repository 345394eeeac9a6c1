use std::pin::pin;

async fn seven() -> u32 {
    7
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut seven = pin!(seven());
    let answer = (&mut seven).await; // once; keep the result
    println!("{answer} {answer}");
}

use tokio::runtime::Runtime;

fn load() -> u32 {
    Runtime::new().unwrap().block_on(async { 7 })
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{}", load());
}

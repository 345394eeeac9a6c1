async fn load() -> u32 {
    7
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{}", load().await); // async all the way up
}

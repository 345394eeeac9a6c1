#[tokio::main(flavor = "current_thread")]
async fn main() {
    // Nothing listens on port 1, but the message does not say so.
    if let Err(error) = reqwest::get("http://127.0.0.1:1/").await {
        panic!("{error}");
    }
}

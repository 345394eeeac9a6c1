use axum::{Router, routing::get};
use std::sync::Mutex;

static HITS: Mutex<u32> = Mutex::new(0);

async fn handler() -> String {
    let mut hits = HITS.lock().unwrap();
    *hits += 1;
    tokio::task::yield_now().await; // the guard is alive here, and it is not Send
    format!("{hits} hits")
}

fn main() {
    let _app: Router = Router::new().route("/", get(handler));
}

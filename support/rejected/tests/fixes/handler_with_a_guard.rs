use axum::{Router, routing::get};
use std::sync::Mutex;

static HITS: Mutex<u32> = Mutex::new(0);

async fn handler() -> String {
    let hits = {
        let mut hits = HITS.lock().unwrap();
        *hits += 1;
        *hits
    }; // the guard is dropped here
    tokio::task::yield_now().await;
    format!("{hits} hits")
}

fn main() {
    let _app: Router = Router::new().route("/", get(handler));
}

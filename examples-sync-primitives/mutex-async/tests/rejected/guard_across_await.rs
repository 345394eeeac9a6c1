//! A guard of std's that is alive at an `.await`, in a task that may move to another thread.

use std::sync::{Arc, Mutex};
use tokio::task::yield_now;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let number = Arc::new(Mutex::new(0));
    tokio::spawn(async move {
        let mut guard = number.lock().unwrap();
        *guard += 1;
        yield_now().await;
    });
}

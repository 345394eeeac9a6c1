//! The guard is dropped before the `.await`; but the compiler goes by the block in which it stands.

use std::sync::{Arc, Mutex};
use tokio::task::yield_now;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let number = Arc::new(Mutex::new(0));
    tokio::spawn(async move {
        let mut guard = number.lock().unwrap();
        *guard += 1;
        drop(guard);
        yield_now().await;
    });
}

use std::sync::{Arc, Mutex};

async fn save(value: u32) {
    println!("{value}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let total = Arc::new(Mutex::new(0));
    let task = tokio::spawn(async move {
        let new = {
            let mut guard = total.lock().unwrap();
            *guard += 1;
            *guard
        }; // the guard is dropped here
        save(new).await;
    });
    task.await.unwrap();
}

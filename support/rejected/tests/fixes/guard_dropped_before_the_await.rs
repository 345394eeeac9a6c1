use std::sync::{Arc, Mutex};

async fn save(value: u32) {
    println!("{value}");
}

/// Not async, so its guard cannot become a part of a task.
fn add_one(total: &Mutex<u32>) -> u32 {
    let mut guard = total.lock().unwrap();
    *guard += 1;
    *guard
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let total = Arc::new(Mutex::new(0));
    let task = tokio::spawn(async move {
        let new = add_one(&total);
        save(new).await;
    });
    task.await.unwrap();
}

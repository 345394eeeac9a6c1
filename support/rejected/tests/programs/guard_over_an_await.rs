use std::sync::{Arc, Mutex};

async fn save(_: u32) {}

/// Like the spawn of tokio and smol: any thread may continue the task.
fn spawn(_task: impl Future + Send + 'static) {}

fn main() {
    let total = Arc::new(Mutex::new(0));
    spawn(async move {
        let mut guard = total.lock().unwrap();
        *guard += 1;
        save(*guard).await;
    });
}

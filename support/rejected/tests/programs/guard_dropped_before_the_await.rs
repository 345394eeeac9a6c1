use std::sync::{Arc, Mutex};

async fn save(_: u32) {}

/// As the spawn of tokio and smol: any thread may go on with the task.
fn spawn(_task: impl Future + Send + 'static) {}

fn main() {
    let total = Arc::new(Mutex::new(0));
    spawn(async move {
        let mut guard = total.lock().unwrap();
        *guard += 1;
        let new = *guard;
        drop(guard); // too late for the compiler: it looks at the block, not at the drop
        save(new).await;
    });
}

use std::error::Error;

fn load() -> Result<u32, Box<dyn Error>> {
    Ok("7".parse()?)
}

async fn report(_: &str) {}

/// Like the spawn of tokio and smol: any thread may continue the task.
fn spawn(_task: impl Future + Send + 'static) {}

fn main() {
    spawn(async {
        if let Err(error) = load() {
            report(&error.to_string()).await;
        }
    });
}

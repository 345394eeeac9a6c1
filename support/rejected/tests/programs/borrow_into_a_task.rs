/// Like the spawn of tokio and smol: the task may outlive the function that starts it.
fn spawn(_task: impl Future + Send + 'static) {}

fn count(names: &[String]) {
    spawn(async move { names.len() });
}

fn main() {
    count(&["one".to_owned()]);
}

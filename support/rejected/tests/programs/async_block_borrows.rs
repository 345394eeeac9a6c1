/// Like the spawn of tokio and smol: the task may outlive the function that starts it.
fn spawn(_task: impl Future + Send + 'static) {}

fn main() {
    let name = String::from("Ada");
    spawn(async {
        println!("{name}");
    });
}

async fn tick() {}

async fn run() {
    let mut tick = tick();
    (&mut tick).await;
}

fn main() {
    let _ = run();
}

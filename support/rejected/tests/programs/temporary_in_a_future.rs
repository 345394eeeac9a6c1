async fn greet(name: &str) -> usize {
    name.len()
}

async fn run() -> usize {
    let greeting = greet(&String::from("Ada"));
    greeting.await
}

fn main() {
    let _ = run();
}

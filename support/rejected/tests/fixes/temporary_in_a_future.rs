async fn greet(name: &str) -> usize {
    name.len()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let name = String::from("Ada"); // lives as long as the future that borrows it
    let greeting = greet(&name);
    println!("{}", greeting.await);
}

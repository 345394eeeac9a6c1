use std::pin::Pin;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let tasks: Vec<Pin<Box<dyn Future<Output = u32>>>> =
        vec![Box::pin(async { 1 }), Box::pin(async { 2 })];
    for task in tasks {
        println!("{}", task.await);
    }
}

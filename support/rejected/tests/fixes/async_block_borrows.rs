#[tokio::main(flavor = "current_thread")]
async fn main() {
    let name = String::from("Ada");
    let task = tokio::spawn(async move {
        println!("{name}"); // the task owns it now
    });
    task.await.unwrap();
}

use tokio::sync::mpsc;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.send("hello").await.unwrap(); // blocking_send is for threads outside the runtime
    println!("{:?}", receiver.recv().await);
}

use tokio::sync::mpsc;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.blocking_send("hello").unwrap();
    println!("{:?}", receiver.recv().await);
}

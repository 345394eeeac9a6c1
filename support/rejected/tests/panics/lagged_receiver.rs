use tokio::sync::broadcast;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (sender, mut receiver) = broadcast::channel(2);
    for event in 0..4 {
        sender.send(event).unwrap();
    }
    println!("{}", receiver.recv().await.unwrap());
}

use tokio::sync::broadcast::{self, error::RecvError};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (sender, mut receiver) = broadcast::channel(2);
    for event in 0..4 {
        sender.send(event).unwrap();
    }
    drop(sender);
    loop {
        match receiver.recv().await {
            Ok(event) => println!("{event}"),
            Err(RecvError::Lagged(missed)) => println!("missed {missed}"),
            Err(RecvError::Closed) => break,
        }
    }
}

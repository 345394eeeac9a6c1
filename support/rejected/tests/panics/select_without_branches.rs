use tokio::sync::mpsc;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (sender, mut receiver) = mpsc::channel::<u32>(1);
    drop(sender);
    loop {
        tokio::select! {
            Some(job) = receiver.recv() => println!("{job}"),
        }
    }
}

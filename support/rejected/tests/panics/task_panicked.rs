#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task = tokio::spawn(async {
        panic!("the disk is full");
    });
    if let Err(error) = task.await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

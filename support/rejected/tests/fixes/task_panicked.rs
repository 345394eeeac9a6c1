use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut tasks = JoinSet::new();
    tasks.spawn(async { panic!("the disk is full") });
    tasks.spawn(async { 7 });
    while let Some(result) = tasks.join_next().await {
        match result {
            Ok(value) => println!("{value}"),
            Err(error) => println!("{error}"),
        }
    }
}

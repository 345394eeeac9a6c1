use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

async fn load() -> u32 {
    7
}

/// Not async, for example because a trait that you cannot change calls it.
fn in_between() -> u32 {
    Handle::current().block_on(load()) // allowed: this thread runs no tasks
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let number = spawn_blocking(in_between).await.unwrap();
    println!("{number}");
}

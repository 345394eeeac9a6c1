use tokio::runtime::Runtime;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let runtime = Runtime::new().unwrap();
    println!("made a second runtime");
    drop(runtime);
}

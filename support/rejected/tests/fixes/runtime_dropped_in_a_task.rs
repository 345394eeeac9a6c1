use tokio::runtime::Runtime;

fn main() {
    let runtime = Runtime::new().unwrap(); // made and dropped outside async code
    runtime.block_on(async {
        println!("working");
    });
}

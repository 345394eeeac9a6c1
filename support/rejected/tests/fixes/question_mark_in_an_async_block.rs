use std::num::ParseIntError;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task = async {
        let port: u16 = "8080".parse()?;
        println!("{port}");
        Ok::<_, ParseIntError>(())
    };
    task.await.unwrap();
}

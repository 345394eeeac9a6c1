use std::error::Error;

fn load() -> Result<u32, Box<dyn Error + Send + Sync>> {
    Ok("seven".parse()?)
}

async fn report(text: &str) {
    println!("{text}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task = tokio::spawn(async {
        if let Err(error) = load() {
            report(&error.to_string()).await;
        }
    });
    task.await.unwrap();
}

use std::pin::Pin;

trait Source {
    fn get<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = String> + Send + 'a>>;
}

struct Echo;

impl Source for Echo {
    fn get<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = String> + Send + 'a>> {
        Box::pin(async move { key.to_owned() })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let source: Box<dyn Source> = Box::new(Echo);
    println!("{}", source.get("key").await);
}

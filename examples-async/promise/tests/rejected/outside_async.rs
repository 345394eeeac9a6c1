use promise::Promise;

fn main() {
    let promise = Promise::new(|resolver| resolver.settle(Ok(42)));
    println!("{:?}", promise.await);
}

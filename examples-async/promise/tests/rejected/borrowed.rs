use promise::Promise;

fn later(promise: Promise<String>) {
    let name = String::from("Ada");
    promise.when_settled(|greeting| println!("{greeting:?}, {name}!"));
}

fn main() {
    later(Promise::new(|resolver| resolver.settle(Ok("Hello".into()))));
}

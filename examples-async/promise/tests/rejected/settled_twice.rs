use promise::Promise;

fn main() {
    let (promise, resolver) = Promise::with_resolver();
    resolver.settle(Ok("once"));
    resolver.settle(Ok("twice"));
    promise.when_settled(drop);
}

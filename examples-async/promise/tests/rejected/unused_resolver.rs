#![deny(unused_must_use)]

use promise::Promise;

fn main() {
    let (promise, resolver) = Promise::<()>::with_resolver();
    drop(promise);
    std::convert::identity(resolver);
}

#![deny(unused_must_use)] // a warning, unless you deny it

use promise::Promise;

fn save() -> Promise<()> {
    Promise::new(|resolver| resolver.settle(Err("disk full".into())))
}

fn main() {
    save();
}

#![deny(unused_must_use)] // by default it is a warning

async fn save(_: u32) {}

async fn work() {
    save(1);
}

fn main() {
    drop(work());
}

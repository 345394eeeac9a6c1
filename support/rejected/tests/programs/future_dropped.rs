#![deny(unused_must_use)] // by default it is a warning

async fn save() {}

async fn work() {
    save();
}

fn main() {
    drop(work());
}

use std::num::ParseIntError;
use std::sync::LazyLock;

/// Keeps the error instead of panicking, so each use can decide what to do about it.
static PORT: LazyLock<Result<u16, ParseIntError>> = LazyLock::new(|| "http".parse());

fn main() {
    match &*PORT {
        Ok(port) => println!("{port}"),
        Err(error) => println!("no port: {error}"),
    }
}

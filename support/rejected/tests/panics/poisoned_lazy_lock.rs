use std::panic;
use std::sync::LazyLock;

static PORT: LazyLock<u16> = LazyLock::new(|| "http".parse().expect("a number"));

fn main() {
    let _ = panic::catch_unwind(|| *PORT); // the initialiser panics, once
    println!("{}", *PORT);
}

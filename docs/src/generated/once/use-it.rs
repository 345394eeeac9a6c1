use once::Text;
use std::{io, thread};

fn main() -> io::Result<()> {
    let text = Text::open("Cargo.toml");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| text.words().is_ok()); // counted once, for all four
        }
    });
    println!("{} words", text.words()?.len());
    Ok(())
}

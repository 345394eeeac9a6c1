//! One thread reads twice, and a writer comes between. This program hangs.

use std::io::{self, Write};
use std::sync::RwLock;
use std::thread;

pub(crate) fn main() -> io::Result<()> {
    let price = RwLock::new(100);
    thread::scope(|scope| {
        let first = price.read().expect("nobody panics");
        scope.spawn(|| *price.write().expect("nobody panics") += 1);
        // A reader is refused although only a reader holds the lock: a writer waits.
        while price.try_read().is_ok() {
            thread::yield_now();
        }
        writeln!(io::stdout(), "the writer waits for the first reader")?;
        let second = price.read().expect("nobody panics");
        writeln!(io::stdout(), "{first} {second}")
    })
}

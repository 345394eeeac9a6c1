//! One thread locks a mutex that it holds. This program hangs.

use std::io::{self, Write};
use std::sync::Mutex;

pub(crate) fn main() -> io::Result<()> {
    let queue = Mutex::new(vec!["first"]);
    // The guard is a temporary: it lives until the end of the `match`, so also while the arm
    // runs.
    match queue.lock().expect("nobody panics").pop() {
        None => writeln!(io::stdout(), "nothing to do"),
        Some(job) => {
            let held = queue.try_lock().is_err();
            writeln!(io::stdout(), "the lock is still held: {held}")?;
            queue.lock().expect("nobody panics").push(job);
            Ok(())
        }
    }
}

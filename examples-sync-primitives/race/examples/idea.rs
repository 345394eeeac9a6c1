// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Checks and acts in one step. Gives up everything but yes or no: only the first caller gets
//! `true`.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

static STARTED: AtomicBool = AtomicBool::new(false);

/// `true` for exactly one caller. `if !STARTED.load(…) { STARTED.store(true, …) }` lets two in.
pub(crate) fn is_first() -> bool {
    !STARTED.swap(true, Relaxed) // sets the flag and returns what it was before
}

pub(crate) fn main() {
    let first = thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(is_first));
        threads.map(|thread| thread.join().expect("it does not panic"))
    });
    let count = first.into_iter().filter(|first| *first).count();
    println!("4 threads want to start it, {count} did");
}

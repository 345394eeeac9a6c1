// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A reader-writer lock, where Python's library only has a mutex.
#![allow(clippy::unwrap_used, reason = "the lines as they are usually written")]

// ANCHOR: program
use std::sync::RwLock;
use std::thread;

// ANCHOR: construct
pub(crate) fn main() {
    let theme = RwLock::new("dark");
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let theme = theme.read().unwrap();
                println!("{theme}"); // others may read
            });
        }
        *theme.write().unwrap() = "light"; // alone
    });
    println!("{}", theme.read().unwrap()); // light
}
// ANCHOR_END: construct
// ANCHOR_END: program

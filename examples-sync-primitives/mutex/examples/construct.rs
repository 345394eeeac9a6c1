// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A mutex in ten lines, beside the same in Python.
#![allow(clippy::unwrap_used, reason = "the line as it is usually written")]
// ANCHOR: program
use std::sync::Mutex;
use std::thread;

// ANCHOR: construct
pub(crate) fn main() {
    let count = Mutex::new(0_u64);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut count = count.lock().unwrap();
                *count += 1;
            }); // drops the guard, which unlocks
        }
    });
    println!("{}", count.lock().unwrap()); // 8
}
// ANCHOR_END: construct
// ANCHOR_END: program

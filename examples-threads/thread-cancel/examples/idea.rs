// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up sleeping: the thread must look at the flag often, or `join` waits long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

pub(crate) fn main() {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let worker = thread::spawn(move || {
        let mut steps = 0_u64;
        loop {
            steps += 1; // one step of the work
            if flag.load(Ordering::Relaxed) {
                return steps;
            }
        }
    });
    stop.store(true, Ordering::Relaxed); // Relaxed: the flag guards no other data
    match worker.join() {
        Ok(steps) => println!("stopped after at least one step: {}", steps >= 1),
        Err(_) => println!("it panicked"),
    }
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A Condvar beside Python's Condition: a worker waits for a job.
#![allow(clippy::unwrap_used, reason = "the lines as they are usually written")]

// ANCHOR: program
use std::sync::{Condvar, Mutex};
use std::thread;

// ANCHOR: construct
pub(crate) fn main() {
    let jobs = Mutex::new(Vec::new());
    let ready = Condvar::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut jobs = jobs.lock().unwrap();
            while jobs.is_empty() {
                jobs = ready.wait(jobs).unwrap();
            } // wait_while does the same
            println!("got {:?}", jobs.pop());
        });
        jobs.lock().unwrap().push("job 1");
        ready.notify_one();
    });
}
// ANCHOR_END: construct
// ANCHOR_END: program

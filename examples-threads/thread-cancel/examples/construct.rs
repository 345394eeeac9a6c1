// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A thread sleeps for an hour and is stopped.

use std::time::Duration;
use thread_cancel::Worker;

fn main() {
    // ANCHOR: construct
    let hour = Duration::from_secs(3600);
    let worker = Worker::spawn(move |stop| {
        while !stop.is_set() {
            // one round of the work
            stop.sleep(hour); // a stop ends it
        }
        println!("stopped");
    });

    worker.stop().expect("it did not panic"); // joins it
    // ANCHOR_END: construct
}

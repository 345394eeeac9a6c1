// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! std's bounded channel, beside Python's queue.

// ANCHOR: program
use std::sync::mpsc;
use std::thread;

// ANCHOR: construct
pub(crate) fn main() {
    let (sender, receiver) = mpsc::sync_channel(4);
    thread::spawn(move || {
        for page in 0..10 {
            // waits while 4 pages are queued
            if sender.send(page).is_err() {
                break; // the receiver is gone
            }
        }
    }); // drops the sender: that is the end
    for page in receiver {
        println!("page {page}");
    }
}
// ANCHOR_END: construct
// ANCHOR_END: program

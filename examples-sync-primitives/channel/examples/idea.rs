// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up several consumers: the bounded channel in std has one receiver.
use std::sync::mpsc;
use std::thread;

pub(crate) fn main() {
    let (sender, receiver) = mpsc::sync_channel(4); // at most 4 values are queued
    thread::scope(|scope| {
        for producer in 0..2 {
            let sender = sender.clone();
            scope.spawn(move || {
                for page in 0..5 {
                    // Waits while the queue is full. An error means that the receiver is gone.
                    if sender.send((producer, page)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender); // or the loop below would never end
        for (producer, page) in receiver {
            println!("page {page} from producer {producer}");
        }
    });
}

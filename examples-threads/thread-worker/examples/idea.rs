// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up a bound for the inbox, so it suits a caller that reads as many answers as it posts.

use std::sync::mpsc;
use std::thread;

pub(crate) fn main() {
    let (post, inbox) = mpsc::channel::<Vec<u8>>();
    let (outbox, messages) = mpsc::channel();
    let worker = thread::spawn(move || {
        for mut bytes in inbox {
            bytes.reverse();
            if outbox.send(bytes).is_err() {
                break; // nobody receives any more
            }
        }
    });
    for text in ["stressed", "drawer"] {
        // Moves the bytes. An error means that the worker has panicked, which `join` reports.
        let _ = post.send(text.as_bytes().to_vec());
    }
    drop(post); // the loop of the worker ends, and then the loop below
    for bytes in messages {
        println!("{}", String::from_utf8_lossy(&bytes));
    }
    if worker.join().is_err() {
        println!("the worker panicked");
    }
}

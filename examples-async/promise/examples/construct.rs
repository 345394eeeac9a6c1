// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! `Promise.all` in Rust, beside the same in JavaScript.
use promise::{Promise, all, block_on};
use std::thread;

// ANCHOR: construct
fn length(word: &'static str) -> Promise<usize> {
    Promise::new(|resolver| {
        thread::spawn(move || {
            resolver.settle(Ok(word.len()));
        });
    })
}

pub(crate) fn main() {
    let words = ["one", "two", "three"];
    let promises = words.map(length); // all started
    let lengths = block_on(all(promises));
    println!("{lengths:?}"); // Ok([3, 3, 5])
}
// ANCHOR_END: construct

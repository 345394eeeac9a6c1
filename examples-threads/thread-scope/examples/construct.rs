// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! One thread for each name; the results come back through `join`, in order.

use std::thread;

fn main() {
    // ANCHOR: construct
    let names = ["Ada", "Grace", "Edsger"];
    let lengths = thread::scope(|scope| {
        let threads = names.map(|name| scope.spawn(move || name.len()));
        threads.map(|thread| thread.join())
    });
    for (name, length) in names.iter().zip(lengths) {
        match length {
            Ok(length) => println!("{name}: {length}"),
            Err(_) => println!("{name}: it panicked"),
        }
    }
    // ANCHOR_END: construct
}

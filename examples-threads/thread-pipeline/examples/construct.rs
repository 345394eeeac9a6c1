// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Two stages with queues between them, which end with their input.

use thread_pipeline::pipeline;

fn main() {
    // ANCHOR: construct
    let words = ["Ada", "Grace", "Edsger"];
    let upper = pipeline(words, 1, 4, str::to_uppercase);
    let lengths = pipeline(upper, 1, 4, |word| {
        let length = word.len();
        (word, length)
    });
    for (word, length) in lengths {
        println!("{word}: {length}");
    }
    // ANCHOR_END: construct
}

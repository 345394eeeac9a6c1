// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A buffer goes to a worker, which answers with the sum of its bytes.

use thread_worker::Worker;

fn main() {
    // ANCHOR: construct
    let worker = Worker::spawn(|buffer: Vec<u8>, out| {
        let sum: u8 = buffer.iter().sum();
        out.post(sum);
    });

    let buffer = vec![1, 2, 3];
    worker.post(buffer).expect("it runs"); // moves it
    let sum = worker.messages().recv();
    println!("sum: {}", sum.expect("an answer"));
    // ANCHOR_END: construct
}

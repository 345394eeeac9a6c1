// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up thread names, and starts as many threads as there are chunks of 250.

use std::thread;

fn main() {
    let numbers: Vec<u64> = (1..=1_000).collect();
    let sums = thread::scope(|scope| {
        let threads: Vec<_> = numbers
            .chunks(250)
            .map(|chunk| scope.spawn(move || chunk.iter().sum::<u64>()))
            .collect(); // starts all of them before the first join
        let join = |thread: thread::ScopedJoinHandle<'_, u64>| thread.join();
        threads.into_iter().map(join).collect::<Vec<_>>()
    }); // every thread has ended here
    for sum in sums {
        match sum {
            Ok(sum) => println!("{sum}"),
            Err(panic) => println!("panicked: {:?}", panic.downcast_ref::<&str>()),
        }
    }
}

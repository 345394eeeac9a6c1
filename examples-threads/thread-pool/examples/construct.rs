// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! One job for each word; a job that panics is an error of its own ticket.

use thread_pool::Pool;

fn main() {
    // ANCHOR: construct
    let pool = Pool::new(4, 16);
    let words = ["7", "seven", "11"];
    let tickets = words.map(|word| pool.submit(move || word.parse::<i32>().expect("a number") * 2));
    for (word, ticket) in words.iter().zip(tickets) {
        match ticket.wait() {
            Ok(double) => println!("{word}: {double}"),
            Err(_) => println!("{word}: it failed"),
        }
    }
    drop(pool); // finishes what is queued, and joins
    // ANCHOR_END: construct
}

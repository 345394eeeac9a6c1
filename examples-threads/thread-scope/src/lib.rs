// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Calls a function on each chunk of a slice, on threads that borrow it, and loses no panic.
//!
//! From the project "Many Things at Once", where `cargo run -p thread-scope` demonstrates it and
//! `docs/src/threads/thread-scope.md` explains it.
//!
//! *Notice:* the threads may borrow, because the scope joins all of them before it returns. Each
//! handle is joined by its own `join`, which returns what a thread that panicked said.
//!
//! *Use instead:* rayon, or a queue that the threads share, if some chunks take longer than others.
//!
//! # Use it
//! ```ignore
//! use thread_scope::map_chunks;
//!
//! fn main() {
//!     let numbers: Vec<u64> = (1..=1_000).collect();
//!     let sums = map_chunks(&numbers, 4, |chunk| chunk.iter().sum::<u64>());
//!     for sum in &sums {
//!         match sum {
//!             Ok(sum) => println!("one thread found {sum}"),
//!             Err(_) => println!("one thread panicked"),
//!         }
//!     }
//! }
//! ```

use std::panic::{self, AssertUnwindSafe};
use std::thread::{self, Builder};

/// Splits `items` into at most `threads` chunks, whose lengths differ by at most one, and calls `f`
/// on each. Every chunk has a thread, named `chunk 0`, `chunk 1` and so on.
///
/// The results are in the order of the chunks. `Err` is what the thread of that chunk panicked
/// with. All threads have ended when this returns. Without items there are no chunks.
///
/// If the system refuses to start a thread, the calling thread processes that chunk itself.
///
/// # Panics
/// If `threads` is 0.
pub fn map_chunks<T, R, F>(items: &[T], threads: usize, f: F) -> Vec<thread::Result<R>>
where
    T: Sync,
    R: Send,
    F: Fn(&[T]) -> R + Sync,
{
    assert!(threads > 0, "map_chunks needs at least one thread");
    let f = &f; // borrowed, so that the closure of each thread can have it
    thread::scope(|scope| {
        let mut rest = items;
        let mut chunks = Vec::new();
        for number in 0..threads.min(items.len()) {
            let size = rest.len().div_ceil(threads.min(items.len()) - number);
            let (chunk, others) = rest.split_at(size);
            rest = others;
            let job = move || f(chunk);
            let builder = Builder::new().name(format!("chunk {number}"));
            chunks.push(match builder.spawn_scoped(scope, job) {
                Ok(thread) => Ok(thread),
                // A panic is caught here as well, so that the caller sees no difference.
                Err(_) => Err(panic::catch_unwind(AssertUnwindSafe(job))),
            });
        }
        // All are started before the first is joined, or they would run one after another.
        let join = |chunk: Result<thread::ScopedJoinHandle<'_, R>, _>| match chunk {
            Ok(thread) => thread.join(),
            Err(result) => result,
        };
        chunks.into_iter().map(join).collect()
    })
}

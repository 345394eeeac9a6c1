// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Calls a function on every item of a slice, on all cores: with std threads, or with rayon.
//!
//! From the project "Many Things at Once", where `cargo run -p thread-parallel-map` demonstrates it
//! and `docs/src/threads/thread-parallel-map.md` explains it.
//!
//! *Notice:* the results are in the order of the items. The threads borrow the slice and the
//! function. A thread that has finished a chunk takes the next one, so slow items leave no core
//! idle.
//!
//! *Use instead:* `with_rayon` if you call it often, or for less than a millisecond of work,
//! because rayon keeps its threads. `process-pool` if an item may crash. `thread-fetch` or
//! `async-fetch` if the threads would wait and not compute.
//!
//! # Use it
//! ```ignore
//! use thread_parallel_map::parallel_map;
//!
//! fn main() {
//!     let limits = [10_000, 20_000, 30_000, 40_000];
//!     let counts = parallel_map(&limits, |&limit| (2..limit).filter(is_prime).count());
//!     println!("{counts:?}"); // [1229, 2262, 3245, 4203]
//! }
//!
//! fn is_prime(number: &u64) -> bool {
//!     (2..).take_while(|d| d * d <= *number).all(|d| !number.is_multiple_of(d))
//! }
//! ```

pub mod with_rayon;

use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// More chunks than threads, so that a thread with fast items takes over chunks from one with slow
/// items.
const CHUNKS_PER_THREAD: usize = 16;

/// Calls `work` on each item, on one thread per core. Returns the results in the order of the
/// items.
///
/// # Panics
/// Like [`parallel_map_on`].
pub fn parallel_map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    parallel_map_on(cores, items, work)
}

/// The same on at most this many threads. The calling thread is one of them.
///
/// # Panics
/// - If `work` panics: with the message of `work`, after the other threads have finished the
///   chunks.
/// - If the system refuses to start a thread.
pub fn parallel_map_on<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let threads = threads.clamp(1, items.len().max(1));
    let size = items.len().div_ceil(threads * CHUNKS_PER_THREAD).max(1);
    let chunks: Vec<&[T]> = items.chunks(size).collect();
    let next = AtomicUsize::new(0);
    let take_chunks = || {
        let mut done = Vec::new();
        loop {
            // Relaxed: only the number is shared here. `join` makes the results visible.
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = chunks.get(number) else {
                return done;
            };
            done.push((number, chunk.iter().map(&work).collect::<Vec<R>>()));
        }
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take_chunks)).collect();
        let mut done = take_chunks();
        for other in others {
            match other.join() {
                Ok(chunks) => done.extend(chunks),
                // If the scope joined this thread, the panic would lose its message.
                Err(payload) => panic::resume_unwind(payload),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    let mut results = Vec::with_capacity(items.len());
    for (_, chunk) in done {
        results.extend(chunk);
    }
    results
}

//! Maps a slice over all cores, results in order: by scoped threads with std alone, and by rayon.
//!
//! Run it: `cargo run -p thread-parallel-map`
//!
//! *Notice:* the threads borrow the slice and the function, because the scope ends before they do.
//! A thread that is done with a chunk takes the next one, so slow items do not leave cores idle.
//!
//! *Use instead:* `with_rayon` when it is called often or the work in all is below a millisecond:
//! rayon keeps its threads. `process-pool` if an item may crash. For waiting, not computing:
//! `thread-fetch`, `async-fetch`.
//!
//! The page: `docs/src/threads/thread-parallel-map.md`
//!
//! # Use it
//! ```
//! use thread_parallel_map::parallel_map;
//!
//! fn main() {
//!     let limits: Vec<u64> = (1..200).map(|step| step * 100).collect();
//!     let counts = parallel_map(&limits, |&limit| (2..limit).filter(is_prime).count());
//!     assert_eq!(counts[0], 25); // below 100
//!     assert_eq!(counts.last(), Some(&2250)); // below 19,900
//! }
//!
//! fn is_prime(number: &u64) -> bool {
//!     (2..).take_while(|d| d * d <= *number).all(|d| number % d != 0)
//! }
//! ```

pub mod with_rayon;

use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// More chunks than threads, so that a thread with quick items takes over from one with slow ones.
const CHUNKS_PER_THREAD: usize = 16;

/// What `work` makes of each item, in the order of the items, with one thread for each core.
///
/// # Panics
/// As [`parallel_map_on`].
pub fn parallel_map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    parallel_map_on(cores, items, work)
}

/// The same on this many threads at most, of which the calling one is the first.
///
/// # Panics
/// If `work` panics: with its own message, once the other threads have done the other chunks.
/// If the system refuses a thread.
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
            // Relaxed: nothing but the number passes here. Results pass at `join`.
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
                // Left to the scope, the panic would lose its message.
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

//! The same by rayon, which splits the slice in halves, and these again where an idle thread takes one,
//! and keeps its threads from one call to the next.

use rayon::prelude::*;

/// What `work` makes of each item, in the order of the items, on rayon's threads: one for each core,
/// or as many as the environment variable `RAYON_NUM_THREADS` says.
///
/// # Panics
/// If `work` panics: with its own message.
pub fn parallel_map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().map(work).collect()
}

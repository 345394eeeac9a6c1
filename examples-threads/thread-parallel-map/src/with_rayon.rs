// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The same with rayon. It splits the slice in halves, and splits a half again when an idle thread
//! takes one. It keeps its threads from one call to the next.

use rayon::prelude::*;

/// Calls `work` on each item, on rayon's threads. Returns the results in the order of the items.
/// There is one thread per core, unless the environment variable `RAYON_NUM_THREADS` says
/// otherwise.
///
/// # Panics
/// If `work` panics: with the message of `work`.
pub fn parallel_map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().map(work).collect()
}

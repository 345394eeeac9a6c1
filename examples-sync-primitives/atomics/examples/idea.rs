// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A counter that all threads share. Gives up everything that needs two numbers to fit together.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

static HITS: AtomicU64 = AtomicU64::new(0);

/// Returns a number that no other caller gets. Relaxed is enough: no other data depends on it.
pub(crate) fn hit() -> u64 {
    HITS.fetch_add(1, Relaxed)
}

pub(crate) fn main() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    hit();
                }
            });
        }
    }); // joins the threads, so the total is exact
    println!("hits: {}", HITS.load(Relaxed));
}

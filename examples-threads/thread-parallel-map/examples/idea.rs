// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up balance: each thread gets one fixed chunk, so one slow chunk leaves the others idle.
use std::num::NonZero;
use std::{panic, thread};

pub(crate) fn parallel_map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let size = items.len().div_ceil(cores).max(1);
    let work = &work; // borrowed by all threads
    thread::scope(|scope| {
        let run = |chunk: &'_ [T]| chunk.iter().map(work).collect::<Vec<R>>();
        let threads: Vec<_> = items
            .chunks(size)
            .map(|chunk| scope.spawn(move || run(chunk)))
            .collect();
        let mut results = Vec::with_capacity(items.len());
        for thread in threads {
            match thread.join() {
                Ok(chunk) => results.extend(chunk),
                Err(message) => panic::resume_unwind(message),
            }
        }
        results
    })
}

pub(crate) fn main() {
    let squares = parallel_map(&[1, 2, 3, 4, 5], |n| n * n);
    println!("{squares:?}"); // [1, 4, 9, 16, 25]
}

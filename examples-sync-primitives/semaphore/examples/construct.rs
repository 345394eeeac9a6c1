// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A semaphore in Rust, beside the same in Python.
use semaphore::Semaphore;
use std::thread;

// ANCHOR: construct
static DOWNLOADS: Semaphore = Semaphore::new(4);

fn download(page: u32) {
    let _permit = DOWNLOADS.acquire();
    println!("page {page}"); // 4 threads at most
} // drops the permit, which releases it

pub(crate) fn main() {
    thread::scope(|scope| {
        for page in 0..20 {
            scope.spawn(move || download(page));
        }
    });
}
// ANCHOR_END: construct

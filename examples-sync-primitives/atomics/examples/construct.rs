// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What the page shows beside `threading.Event` and `itertools.count`.

// ANCHOR: construct
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::thread;

static STOP: AtomicBool = AtomicBool::new(false);
static NEXT: AtomicU64 = AtomicU64::new(0);

fn worker() {
    while !STOP.load(Relaxed) {
        let _number = NEXT.fetch_add(1, Relaxed);
    }
}

pub(crate) fn main() {
    let thread = thread::spawn(worker);
    STOP.store(true, Relaxed);
    thread.join().expect("it only counts");
}
// ANCHOR_END: construct

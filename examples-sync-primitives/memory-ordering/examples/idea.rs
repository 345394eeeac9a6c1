// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Message passing: data, then a flag. Gives up sleeping: the reader spins until the flag is set.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::{hint, thread};

static DATA: AtomicU64 = AtomicU64::new(0);
static READY: AtomicBool = AtomicBool::new(false);

pub(crate) fn publish(data: u64) {
    DATA.store(data, Ordering::Relaxed);
    READY.store(true, Ordering::Release); // everything above happens before …
}

pub(crate) fn wait_for_data() -> u64 {
    while !READY.load(Ordering::Acquire) {
        hint::spin_loop(); // … everything below, once this load has returned true
    }
    DATA.load(Ordering::Relaxed)
}

pub(crate) fn main() {
    let reader = thread::spawn(wait_for_data);
    publish(42);
    let data = reader.join().expect("it only reads");
    println!("the reader saw the flag, so it saw the data: {data}");
}

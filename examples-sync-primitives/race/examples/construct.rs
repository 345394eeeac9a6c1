// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What the page shows beside Python: check and act under one lock.

// ANCHOR: construct
use std::sync::Mutex;

static BALANCE: Mutex<u64> = Mutex::new(100);

pub(crate) fn spend(amount: u64) -> bool {
    // The guard lives until the end: one lock for both.
    let mut balance = BALANCE.lock().expect("no panic");
    let enough = *balance >= amount;
    if enough {
        *balance -= amount;
    }
    enough
}
// ANCHOR_END: construct

pub(crate) fn main() {
    println!("{} {}", spend(80), spend(80));
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What the page shows beside Python: two locks, always in the same order.

// ANCHOR: construct
use std::sync::Mutex;

static ANN: Mutex<i64> = Mutex::new(100);
static BOB: Mutex<i64> = Mutex::new(100);

pub(crate) fn ann_pays_bob(amount: i64) {
    // Everyone locks ANN before BOB.
    let mut ann = ANN.lock().expect("no panic");
    let mut bob = BOB.lock().expect("no panic");
    *ann -= amount;
    *bob += amount;
}
// ANCHOR_END: construct

pub(crate) fn main() {
    ann_pays_bob(30);
    println!("{ANN:?} {BOB:?}");
}

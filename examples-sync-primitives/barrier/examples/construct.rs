// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! std's Barrier, beside Python's.

// ANCHOR: program
use std::sync::Barrier;
use std::thread;

// ANCHOR: construct
pub(crate) fn main() {
    let all = Barrier::new(3);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for phase in 1..=2 {
                    println!("phase {phase}");
                    all.wait(); // until three are here
                }
            });
        }
    });
}
// ANCHOR_END: construct
// ANCHOR_END: program

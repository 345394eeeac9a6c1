// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up threads that fail: if one panicked before the barrier, the others would wait forever.
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

pub(crate) fn main() {
    let done = [const { AtomicU32::new(0) }; 3]; // one for each thread
    let all = Barrier::new(done.len()); // the number is written once
    thread::scope(|scope| {
        for own in &done {
            let (done, all) = (&done, &all);
            scope.spawn(move || {
                for phase in 1..=3 {
                    own.store(phase, Ordering::Relaxed); // the work of this thread
                    // After the barrier each thread sees the work of all. One is the leader.
                    if all.wait().is_leader() {
                        let results = done.each_ref().map(|one| one.load(Ordering::Relaxed));
                        println!("phase {phase}: {results:?}");
                    }
                    all.wait(); // the others wait here until the leader has printed
                }
            });
        }
    });
}

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up turns: the lock is a plain `Mutex`, so one thread may get it many times in a row.
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Barrier, Mutex};
use std::thread;

static GIL: Mutex<()> = Mutex::new(());

/// Python's `x = x + 1`: each instruction runs under the lock, and the lock is free in between.
fn add_one(x: &AtomicU32, switch: &Barrier) {
    let held = GIL.lock().expect("nothing panics under this lock");
    let loaded = x.load(Relaxed); // ordered by the lock
    drop(held); // a switch point: the other thread may run here
    switch.wait(); // and here it does
    let _held = GIL.lock().expect("nothing panics under this lock");
    x.store(loaded + 1, Relaxed);
}

pub(crate) fn main() {
    let (x, switch) = (AtomicU32::new(0), Barrier::new(2));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| add_one(&x, &switch));
        }
    });
    println!("2 threads added 1 to x: x = {}", x.into_inner()); // 1: an update is lost
}

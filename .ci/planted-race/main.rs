//! Two threads write one number without a lock: undefined behaviour, which safe Rust refuses.

use std::cell::UnsafeCell;
use std::sync::Barrier;
use std::thread;

struct Number(UnsafeCell<u32>);

// SAFETY: none. This is the bug that must be found.
unsafe impl Sync for Number {}

static NUMBER: Number = Number(UnsafeCell::new(0));

fn main() {
    let both = Barrier::new(2);
    let write = || {
        both.wait(); // or one could be over before the other begins
        // SAFETY: none, for the other thread may write at the same time.
        unsafe { *NUMBER.0.get() += 1 }
    };
    thread::scope(|scope| {
        scope.spawn(&write);
        scope.spawn(&write);
    });
}

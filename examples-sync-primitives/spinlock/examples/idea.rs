// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up guards: a closure gets the value. If the closure panics, the lock stays locked forever.
#![expect(unsafe_code, reason = "a lock has to share what is in its cell")]

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{hint, thread};

pub(crate) struct SpinLock<T>(pub(crate) AtomicBool, pub(crate) UnsafeCell<T>);

// SAFETY: one thread at a time gets the value, as if it were sent to it. So `T: Send` is enough.
unsafe impl<T: Send> Sync for SpinLock<T> {}

impl<T> SpinLock<T> {
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        while self.0.swap(true, Ordering::Acquire) {
            hint::spin_loop();
        }
        // SAFETY: until the store below, `swap` returns true to everyone else.
        let result = work(unsafe { &mut *self.1.get() });
        self.0.store(false, Ordering::Release);
        result
    }
}

pub(crate) fn main() {
    let total = SpinLock(AtomicBool::new(false), UnsafeCell::new(0));
    let add = || (0..1_000).for_each(|_| total.with(|total| *total += 1));
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(add))));
    println!("4 threads added 1,000 each: {}", total.with(|total| *total));
}

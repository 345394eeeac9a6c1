// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The smallest fair lock. Gives up sleeping, and a panic inside stops the lock forever.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::{sync::Mutex, thread};

#[derive(Default)]
pub(crate) struct TicketLock<T> {
    pub(crate) tickets: AtomicUsize,
    now_serving: AtomicUsize,
    value: Mutex<T>, // always free for the thread whose ticket it is, so no unsafe is needed
}

impl<T> TicketLock<T> {
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed); // this fixes the order
        while self.now_serving.load(Ordering::Acquire) != ticket {
            thread::yield_now();
        }
        let result = work(&mut self.value.lock().expect("a panic has stopped the lock"));
        self.now_serving.fetch_add(1, Ordering::Release);
        result
    }
}

pub(crate) fn main() {
    let count = TicketLock::default();
    let add = || (0..100).for_each(|_| count.with(|count: &mut u32| *count += 1));
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(add))));
    println!("4 threads added 100 each: {}", count.with(|count| *count));
}

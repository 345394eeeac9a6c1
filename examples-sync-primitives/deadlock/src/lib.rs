// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Locks two mutexes in the same order in every thread, so that threads never wait in a circle.
//!
//! From the project "Many Things at Once", where `cargo run -p deadlock` demonstrates it and
//! `docs/src/locks/deadlock.md` explains it.
//!
//! *Notice:* the order is by address, so it is the same in every thread, whichever way round the
//! caller names the two. Where other code locks them one by one, nothing is promised.
//!
//! *Use instead:* one `mutex` around both values, which is simpler and usually fast enough; a
//! `semaphore` with `acquire_many` for several permits.
//!
//! # Use it
//! ```ignore
//! use deadlock::lock_both;
//! use std::{sync::Mutex, thread};
//!
//! fn main() {
//!     let (ann, bob) = (Mutex::new(100), Mutex::new(100));
//!     thread::scope(|scope| {
//!         for (from, to) in [(&ann, &bob), (&bob, &ann)] {
//!             scope.spawn(move || {
//!                 let (mut from, mut to) = lock_both(from, to).expect("two accounts");
//!                 (*from, *to) = (*from - 10, *to + 10);
//!             });
//!         }
//!     });
//!     println!("{ann:?} {bob:?}");
//! }
//! ```

use std::ptr;
use std::sync::{Mutex, MutexGuard};

/// Locks both, and returns their guards in the order of the arguments. `None` if both are the
/// same mutex, which no thread can lock twice.
///
/// Threads can wait in a circle only if one of them holds a mutex and waits for one with a lower
/// address. Here none does. Addresses cannot change meanwhile, because a borrowed mutex cannot
/// move.
///
/// # Panics
/// If one is poisoned, because a thread panicked while it held it. If the other one has the lower
/// address, it is locked already, and is poisoned, too.
pub fn lock_both<'a, T>(
    one: &'a Mutex<T>,
    other: &'a Mutex<T>,
) -> Option<(MutexGuard<'a, T>, MutexGuard<'a, T>)> {
    if ptr::eq(one, other) {
        return None;
    }
    if ptr::from_ref(one) < ptr::from_ref(other) {
        let one = one.lock().expect("not poisoned");
        let other = other.lock().expect("not poisoned");
        Some((one, other))
    } else {
        let other = other.lock().expect("not poisoned");
        let one = one.lock().expect("not poisoned");
        Some((one, other))
    }
}

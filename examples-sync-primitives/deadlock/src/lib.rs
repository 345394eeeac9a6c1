//! Locks two mutexes in one order for everybody, so that threads never wait for each other in a circle.
//!
//! Run it: `cargo run -p deadlock`
//!
//! *Notice:* the order is by address, and so the same in every thread, however the caller names the
//! two. Where somebody takes them one by one elsewhere, the promise is gone.
//!
//! *Use instead:* one `mutex` around both values, which is simpler, and fast enough until measured
//! otherwise; a `semaphore` with `acquire_many` for several permits.
//!
//! The page: `docs/src/locks/deadlock.md`
//!
//! # Use it
//! ```
//! use deadlock::lock_both;
//! use std::sync::Mutex;
//! use std::thread;
//!
//! fn main() {
//!     let (ann, bob) = (Mutex::new(100), Mutex::new(100));
//!     let pay = |from, to| {
//!         let (mut from, mut to) = lock_both(from, to).expect("two accounts");
//!         (*from, *to) = (*from - 10, *to + 10);
//!     };
//!     thread::scope(|scope| {
//!         scope.spawn(|| pay(&ann, &bob));
//!         scope.spawn(|| pay(&bob, &ann));
//!     });
//! }
//! ```

use std::ptr;
use std::sync::{Mutex, MutexGuard};

/// Locks both, and returns their guards in the order of the arguments. `None` if both are the same
/// mutex: no thread can hold one twice.
///
/// A circle of waiting threads needs one that waits for a mutex before one that it holds, in the
/// order of addresses. Here nobody does. Mutexes can move, but not while anybody holds or awaits
/// them.
///
/// # Panics
/// If one is poisoned: a thread panicked while it held it. That poisons the other, too, if it was
/// locked first: if it has the lower address.
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

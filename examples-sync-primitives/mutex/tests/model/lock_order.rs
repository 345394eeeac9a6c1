//! Two locks, and two threads that take both.
#![expect(clippy::unwrap_used, reason = "no lock is poisoned in a model")]

use std::sync::{Arc, Mutex};
use std::thread;

// ANCHOR: lock-order
/// Wrong: one thread takes the left lock first, the other the right one. Sooner or later each holds
/// one lock and waits for the other.
pub(crate) fn opposite_orders() {
    model::check(|| {
        let (left, right) = (Arc::new(Mutex::new(1)), Arc::new(Mutex::new(2)));
        let (left_too, right_too) = (Arc::clone(&left), Arc::clone(&right));
        let other = thread::spawn(move || {
            let left = left_too.lock().unwrap();
            let right = right_too.lock().unwrap();
            *left + *right
        });
        let right = right.lock().unwrap();
        let left = left.lock().unwrap();
        assert_eq!(*left + *right, 3);
        drop((left, right));
        assert_eq!(other.join().unwrap(), 3);
    });
}

/// Right: every thread takes the left lock first. The thread that has it can always get the other.
pub(crate) fn the_same_order() {
    model::check(|| {
        let (left, right) = (Arc::new(Mutex::new(1)), Arc::new(Mutex::new(2)));
        let (left_too, right_too) = (Arc::clone(&left), Arc::clone(&right));
        let other = thread::spawn(move || {
            let left = left_too.lock().unwrap();
            let right = right_too.lock().unwrap();
            *left + *right
        });
        let left = left.lock().unwrap();
        let right = right.lock().unwrap();
        assert_eq!(*left + *right, 3);
        drop((left, right));
        assert_eq!(other.join().unwrap(), 3);
    });
}
// ANCHOR_END: lock-order

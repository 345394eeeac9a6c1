//! Two ways to lose a wake-up, which loom must find.
#![expect(clippy::unwrap_used, reason = "no lock is poisoned in a model")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

// ANCHOR: outside
/// Wrong: the flag is an atomic, and the lock protects nothing. The flag can be set, and the other
/// thread notified, just after that thread has checked the flag and before it waits.
pub(crate) fn flag_outside_the_lock() {
    model::check(|| {
        let shared = Arc::new((AtomicBool::new(false), Mutex::new(()), Condvar::new()));
        let setter = Arc::clone(&shared);
        let setter = thread::spawn(move || {
            let (flag, _, changed) = &*setter;
            flag.store(true, Ordering::SeqCst); // no ordering helps
            changed.notify_all();
        });
        let (flag, lock, changed) = &*shared;
        let mut guard = lock.lock().unwrap();
        while !flag.load(Ordering::SeqCst) {
            guard = changed.wait(guard).unwrap();
        }
        drop(guard);
        setter.join().unwrap();
    });
}
// ANCHOR_END: outside

// ANCHOR: wrong-one
/// Wrong: space for one value. `put` waits while it is full, `take` while it is empty.
#[derive(Default)]
struct Place {
    value: Mutex<Option<u32>>,
    changed: Condvar, // one for both conditions: notify_one may wake the wrong thread
}

impl Place {
    fn put(&self, new: u32, notify: fn(&Condvar)) {
        let mut value = self.value.lock().unwrap();
        value = self
            .changed
            .wait_while(value, |value| value.is_some())
            .unwrap();
        *value = Some(new);
        notify(&self.changed);
    }

    fn take(&self, notify: fn(&Condvar)) -> u32 {
        let value = self.value.lock().unwrap();
        let mut value = self
            .changed
            .wait_while(value, |value| value.is_none())
            .unwrap();
        notify(&self.changed);
        value.take().unwrap()
    }
}
// ANCHOR_END: wrong-one

/// One thread puts twice, two threads take: a notification meant for the first can reach a taker.
fn two_values_for_two(notify: fn(&Condvar)) {
    model::check(move || {
        let place = Arc::new(Place::default());
        let (one, other) = (Arc::clone(&place), Arc::clone(&place));
        let one = thread::spawn(move || one.take(notify));
        let other = thread::spawn(move || other.take(notify));
        place.put(1, notify);
        place.put(2, notify);
        assert_eq!(one.join().unwrap() + other.join().unwrap(), 1 + 2);
    });
}

pub(crate) fn one_condvar_for_two_conditions() {
    two_values_for_two(Condvar::notify_one);
}

pub(crate) fn one_condvar_and_notify_all() {
    two_values_for_two(Condvar::notify_all);
}

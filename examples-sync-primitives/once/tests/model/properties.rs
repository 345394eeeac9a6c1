//! What the cell promises, each in a sentence, as models that loom runs in every order.
//!
//! The value is loom's cell, which reports every access that nothing orders.

use super::by_hand::OnceLock;
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

type Lock = OnceLock<UnsafeCell<u32>>;

/// Of two who want it one makes it, and both get the same.
pub(crate) fn it_is_made_once() {
    model::check(|| {
        let cell = cell();
        let made = Arc::new(AtomicUsize::new(0));
        let get = move |cell: &Lock| {
            let value = cell.get_or_init(|| {
                assert_eq!(made.fetch_add(1, Ordering::Relaxed), 0, "made twice");
                make()
            });
            value.with(|_| ());
            ptr::from_ref(value)
        };
        let other = spawn(&cell, get.clone());
        let ours = get(&cell);
        assert_eq!(ours, join(other), "two values");
    });
}

/// Who finds it made sees all that was done to make it, though it takes no lock.
pub(crate) fn who_sees_it_sees_all_of_it() {
    model::check(|| {
        let cell = cell();
        // This thread makes it, not the other: loom keeps one access of each atomic in mind, and a
        // maker's own look would hide that of the other from it.
        let other = spawn(&cell, |cell| {
            if let Some(value) = cell.get() {
                value.with(|_| ());
            }
        });
        cell.get_or_init(make).with(|_| ());
        join(other);
        assert!(cell.get().is_some(), "it is made");
    });
}

/// To make it, it is needed.
pub(crate) fn made_from_itself() {
    model::check(|| {
        let cell = cell();
        cell.get_or_init(|| {
            cell.get_or_init(make);
            make()
        });
    });
}

fn make() -> UnsafeCell<u32> {
    let value = UnsafeCell::new(0);
    value.with_mut(|_| ());
    value
}

#[expect(
    clippy::arc_with_non_send_sync,
    reason = "loom's threads are coroutines, and its cell is there to be shared wrongly"
)]
fn cell() -> Arc<Lock> {
    Arc::new(OnceLock::default())
}

fn spawn<T: 'static>(
    cell: &Arc<Lock>,
    body: impl FnOnce(&Lock) -> T + 'static,
) -> thread::JoinHandle<T> {
    let cell = Arc::clone(cell);
    thread::spawn(move || body(&cell))
}

fn join<T>(thread: thread::JoinHandle<T>) -> T {
    thread.join().expect("a panic would have ended the model")
}

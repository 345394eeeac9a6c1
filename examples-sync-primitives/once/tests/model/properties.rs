//! What the cell promises: each promise is a sentence and a model that loom runs in every order.
//!
//! The value is loom's cell, which reports every access that is not ordered.

use super::by_hand::OnceLock;
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

type Lock = OnceLock<UnsafeCell<u32>>;

/// Of two callers one computes the value, and both get the same one.
pub(crate) fn the_value_is_computed_once() {
    model::check(|| {
        let cell = cell();
        let computed = Arc::new(AtomicUsize::new(0));
        let get = move |cell: &Lock| {
            let value = cell.get_or_init(|| {
                assert_eq!(
                    computed.fetch_add(1, Ordering::Relaxed),
                    0,
                    "computed twice"
                );
                compute()
            });
            value.with(|_| ());
            ptr::from_ref(value)
        };
        let other = spawn(&cell, get.clone());
        let ours = get(&cell);
        assert_eq!(ours, join(other), "two values");
    });
}

/// Of three callers one computes the value; both others, if they wait, get the same one.
pub(crate) fn three_callers_get_one_value() {
    model::check(|| {
        let cell = cell();
        let computed = Arc::new(AtomicUsize::new(0));
        let get = move |cell: &Lock| {
            ptr::from_ref(cell.get_or_init(|| {
                assert_eq!(
                    computed.fetch_add(1, Ordering::Relaxed),
                    0,
                    "computed twice"
                );
                compute()
            }))
        };
        let others = [spawn(&cell, get.clone()), spawn(&cell, get.clone())];
        let ours = get(&cell);
        for other in others {
            assert_eq!(ours, join(other), "two values");
        }
    });
}

/// A caller that finds the value, without a lock, sees everything that was done to compute it.
pub(crate) fn a_thread_that_sees_the_flag_sees_the_value() {
    model::check(|| {
        let cell = cell();
        // This thread computes it, not the other: loom remembers one access of each atomic, and
        // the check by the thread that computes would hide the other one's.
        let other = spawn(&cell, |cell| {
            if let Some(value) = cell.get() {
                value.with(|_| ());
            }
        });
        cell.get_or_init(compute).with(|_| ());
        join(other);
        assert!(cell.get().is_some(), "it is computed");
    });
}

/// To compute the value, the value is needed.
pub(super) fn computed_from_itself() {
    model::check(|| {
        let cell = cell();
        cell.get_or_init(|| {
            cell.get_or_init(compute);
            compute()
        });
    });
}

fn compute() -> UnsafeCell<u32> {
    let value = UnsafeCell::new(0);
    value.with_mut(|_| ());
    value
}

#[expect(
    clippy::arc_with_non_send_sync,
    reason = "loom's threads are coroutines, and its cell exists to detect wrong sharing"
)]
fn cell() -> Arc<Lock> {
    Arc::new(OnceLock::new())
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

//! What the Arc by hand promises: each promise is a sentence and a model that loom runs in every
//! order.

use super::by_hand::Arc;
use std::cell::{Cell, UnsafeCell};
use std::thread;

thread_local! {
    /// How often the value of this execution was freed. Loom runs all threads of a model in one
    /// thread of the system, so they share it, and it outlives a value that is freed too early.
    static FREED: Cell<u32> = const { Cell::new(0) };
}

/// A value in loom's cell, which reports any use that the Arc does not order.
struct Value(UnsafeCell<()>);

impl Value {
    fn new() -> Self {
        FREED.set(0);
        Self(UnsafeCell::new(()))
    }

    fn read(&self) {
        assert_eq!(FREED.get(), 0, "used after it was freed");
        self.0.with(|_| ());
    }

    fn write(&mut self) {
        self.0.with_mut(|_| ());
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        FREED.set(FREED.get() + 1);
        assert_eq!(FREED.get(), 1, "freed twice");
        self.write();
    }
}

/// The last owner frees the value, once, after everything that any owner did with it.
pub(crate) fn the_last_owner_frees_the_value_and_no_other() {
    model::check(|| {
        let ours = Arc::new(Value::new());
        let theirs = Arc::clone(&ours);
        assert!(Arc::ptr_eq(&ours, &theirs));
        let other = thread::spawn(move || theirs.read());
        ours.read();
        drop(ours);
        join(other);
        assert_eq!(FREED.get(), 1, "leaked");
    });
}

/// If two threads clone an owner at the same time, both new owners are counted.
pub(crate) fn every_new_owner_is_counted() {
    model::check(|| {
        let ours = Arc::new(Value::new());
        let theirs = Arc::clone(&ours);
        let other = thread::spawn(move || {
            let another = Arc::clone(&theirs);
            drop(theirs);
            another.read();
        });
        let another = Arc::clone(&ours);
        drop(ours);
        another.read();
        drop(another);
        join(other);
        assert_eq!(FREED.get(), 1, "leaked");
    });
}

/// A single owner may change the value, after everything that the others did with it.
pub(crate) fn a_single_owner_may_change_the_value() {
    model::check(|| {
        let mut ours = Arc::new(Value::new());
        let theirs = Arc::clone(&ours);
        let other = thread::spawn(move || theirs.read());
        if let Some(value) = Arc::get_mut(&mut ours) {
            value.write();
        }
        join(other);
        assert_eq!(Arc::strong_count(&ours), 1);
        assert!(
            Arc::get_mut(&mut ours).is_some(),
            "the only owner, and refused"
        );
        drop(ours);
        assert_eq!(FREED.get(), 1, "leaked");
    });
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}

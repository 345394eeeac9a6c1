//! What the Arc made by hand promises, each in a sentence, as models that loom runs in every order.

use super::by_hand::Arc;
use std::cell::{Cell, UnsafeCell};
use std::thread;

thread_local! {
    /// How often the value of this execution was freed. Loom runs all threads of a model in one of
    /// the system's, so they share it; and it outlives a value that is freed too early.
    static FREED: Cell<u32> = const { Cell::new(0) };
}

/// A value in a cell that loom watches: it reports any use that the Arc does not order.
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

/// The last owner frees the value, once, after all that any owner did with it.
pub(crate) fn the_last_owner_frees_and_nobody_before() {
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

/// Of two who become owners at the same time, both are counted.
pub(crate) fn no_new_owner_is_overlooked() {
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

/// Who owns the value alone may change it, after all that the others did with it.
pub(crate) fn who_is_alone_may_change_the_value() {
    model::check(|| {
        let mut ours = Arc::new(Value::new());
        let theirs = Arc::clone(&ours);
        let other = thread::spawn(move || theirs.read());
        if let Some(value) = Arc::get_mut(&mut ours) {
            value.write();
        }
        join(other);
        assert_eq!(Arc::strong_count(&ours), 1);
        assert!(Arc::get_mut(&mut ours).is_some(), "alone, and not allowed");
        drop(ours);
        assert_eq!(FREED.get(), 1, "leaked");
    });
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}

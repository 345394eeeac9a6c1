//! What the lock promises, each in a sentence, as models that loom runs in every order.
//!
//! The value is loom's cell, which reports every access that the lock does not order.

use super::by_hand::{Prefer, RwLock};
use std::cell::UnsafeCell;
use std::sync::{Arc, mpsc};
use std::thread;

type Lock = RwLock<UnsafeCell<u32>>;

/// A writer is beside nobody, and what it wrote is seen.
pub(crate) fn a_writer_is_alone() {
    for prefer in [Prefer::Readers, Prefer::Writers] {
        model::check(move || {
            let lock = lock(prefer);
            let other = spawn(&lock, |lock| {
                read(lock);
                write(lock);
            });
            write(&lock);
            read(&lock);
            join(other);
        });
    }
}

/// Neither a writer nor a reader gets in beside a writer when it is woken for nothing.
pub(crate) fn not_by_a_spurious_wake_up() {
    for waiter in [write, read] {
        model::check(move || {
            let lock = lock(Prefer::Writers);
            let guard = lock.write();
            let waiter = spawn(&lock, waiter);
            let disturber = thread::spawn(model::wake_for_nothing);
            guard.with_mut(|_| ());
            drop(guard);
            join(disturber);
            join(waiter);
        });
    }
}

/// Two readers are inside together.
pub(crate) fn readers_share() {
    model::check(|| {
        let lock = lock(Prefer::Writers);
        let (arrived, other_arrived) = mpsc::channel();
        let other = spawn(&lock, move |lock| {
            let _guard = lock.read();
            arrived.send(()).expect("the one waits");
        });
        let guard = lock.read();
        other_arrived.recv().expect("the other arrives");
        drop(guard);
        join(other);
    });
}

/// Everyone gets in at last: no wake-up is lost.
pub(crate) fn everyone_gets_in() {
    for prefer in [Prefer::Readers, Prefer::Writers] {
        model::check(move || {
            let lock = lock(prefer);
            let reader = spawn(&lock, read);
            let other_reader = spawn(&lock, read);
            write(&lock);
            join(reader);
            join(other_reader);
        });
    }
}

/// Where writers go first, a reader that comes while one waits does not get in before it.
pub(crate) fn no_reader_passes_a_writer_who_waits() {
    model::check(|| {
        let lock = lock(Prefer::Writers);
        let guard = lock.read();
        let writer = spawn(&lock, write);
        if lock.writers_waiting() == 1 {
            assert!(lock.try_read().is_none(), "a reader passes");
        }
        drop(guard);
        join(writer);
    });
}

/// Where readers go first, it does.
pub(crate) fn where_readers_go_first_they_pass() {
    model::check(|| {
        let lock = lock(Prefer::Readers);
        let guard = lock.read();
        let writer = spawn(&lock, write);
        assert!(lock.try_read().is_some(), "a reader waits for a reader");
        drop(guard);
        join(writer);
    });
}

// ANCHOR: read-twice
/// One thread reads, and reads again before it is done. Another wants to write.
pub(crate) fn read_twice(prefer: Prefer) {
    model::check(move || {
        let lock = lock(prefer);
        let writer = spawn(&lock, write);
        let first = lock.read();
        let second = lock.read(); // the writer may wait by now, for `first` to go
        drop((first, second));
        join(writer);
    });
}
// ANCHOR_END: read-twice

#[expect(
    clippy::arc_with_non_send_sync,
    reason = "loom's threads are coroutines, and its cell is there to be shared wrongly"
)]
fn lock(prefer: Prefer) -> Arc<Lock> {
    Arc::new(RwLock::new(prefer, UnsafeCell::new(0)))
}

fn read(lock: &Lock) {
    lock.read().with(|_| ());
}

fn write(lock: &Lock) {
    lock.write().with_mut(|_| ());
}

fn spawn(lock: &Arc<Lock>, body: impl FnOnce(&Lock) + 'static) -> thread::JoinHandle<()> {
    let lock = Arc::clone(lock);
    thread::spawn(move || body(&lock))
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}

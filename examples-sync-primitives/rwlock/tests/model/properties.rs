//! What the lock guarantees, one sentence each, as models that loom runs in every order.
//!
//! The value is loom's cell, which reports every access that the lock does not order.

use super::by_hand::{Prefer, RwLock, WriteGuard};
use std::cell::UnsafeCell;
use std::sync::{Arc, mpsc};
use std::thread;

type Lock = RwLock<UnsafeCell<u32>>;

/// A writer is always alone, and the next thread sees what it wrote.
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

/// No spurious wake-up lets a writer or a reader in beside a writer.
pub(crate) fn a_spurious_wake_up_lets_nobody_in() {
    for waiter in [write, read] {
        model::check(move || {
            let lock = lock(Prefer::Writers);
            let guard = lock.write();
            let waiter = spawn(&lock, waiter);
            let disturber = thread::spawn(model::wake_spuriously);
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
            arrived.send(()).expect("the first reader waits");
        });
        let guard = lock.read();
        other_arrived.recv().expect("the other arrives");
        drop(guard);
        join(other);
    });
}

/// Two waiting readers and a writer all get in: no wake-up is lost.
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

/// If writers go first, no reader that arrives while one or two of them wait gets in before them.
pub(crate) fn no_reader_passes_a_waiting_writer() {
    model::check(|| {
        let lock = lock(Prefer::Writers);
        let guard = lock.read();
        let writers = [write, write].map(|write| spawn(&lock, write));
        if lock.writers_waiting() > 0 {
            assert!(lock.try_read().is_none(), "a reader passes");
        }
        drop(guard);
        writers.into_iter().for_each(join);
    });
}

/// Two writers that wait for a reader both get in: no wake-up is lost.
pub(crate) fn two_waiting_writers_get_in() {
    model::check(|| {
        let lock = lock(Prefer::Writers);
        let guard = lock.read();
        let writers = [write, write].map(|write| spawn(&lock, write));
        drop(guard);
        writers.into_iter().for_each(join);
    });
}

/// A writer that leaves wakes the readers, also if another writer waits. Where readers go first, one
/// that is inside may wait for one that was asleep.
pub(crate) fn a_writer_that_leaves_wakes_readers_beside_a_writer() {
    model::check_within(2, || {
        let lock = lock(Prefer::Readers);
        let guard = lock.write();
        let (arrived, other_arrived) = mpsc::channel();
        let reader = spawn(&lock, move |lock| {
            let _guard = lock.read();
            arrived.send(()).expect("the first reader waits");
        });
        let writer = spawn(&lock, write);
        drop(guard);
        let guard = lock.read();
        other_arrived.recv().expect("the other arrives");
        drop(guard);
        join(reader);
        join(writer);
    });
}

/// A writer that only tries is alone, too.
pub(crate) fn try_write_is_alone() {
    for other in [write, read] {
        model::check(move || {
            let lock = lock(Prefer::Writers);
            let other = spawn(&lock, other);
            if let Some(guard) = lock.try_write() {
                guard.with_mut(|_| ());
            }
            join(other);
        });
    }
}

/// After a downgrade the thread still reads what it wrote, readers get in, and writers wait.
pub(crate) fn a_downgrade_lets_readers_in_and_no_writer() {
    for prefer in [Prefer::Readers, Prefer::Writers] {
        model::check(move || {
            let lock = lock(prefer);
            let guard = lock.write();
            let (arrived, other_arrived) = mpsc::channel();
            let reader = spawn(&lock, move |lock| {
                let _guard = lock.read();
                arrived.send(()).expect("the first reader waits");
            });
            guard.with_mut(|_| ());
            let guard = WriteGuard::downgrade(guard);
            if prefer == Prefer::Readers {
                other_arrived.recv().expect("the other reader arrives");
            }
            let writer = spawn(&lock, write);
            guard.with(|_| ());
            drop(guard);
            join(reader);
            join(writer);
        });
    }
}

/// A downgrade wakes every waiting reader, whichever side goes first. No writer comes and wakes them
/// later.
pub(crate) fn a_downgrade_wakes_every_reader() {
    for prefer in [Prefer::Readers, Prefer::Writers] {
        model::check(move || {
            let lock = lock(prefer);
            let guard = lock.write();
            let readers = [read, read].map(|read| spawn(&lock, read));
            let guard = WriteGuard::downgrade(guard);
            readers.into_iter().for_each(join);
            drop(guard);
        });
    }
}

/// Guards that are forgotten still count, however many they are: no writer gets in.
pub(crate) fn forgotten_guards_keep_writers_out() {
    model::check(|| {
        let lock = lock(Prefer::Writers);
        for _ in 0..256 {
            let _forgotten = std::mem::ManuallyDrop::new(lock.read());
        }
        let tries = |lock: &Lock| assert!(lock.try_write().is_none(), "a writer beside readers");
        let other = spawn(&lock, tries);
        tries(&lock);
        join(other);
    });
}

/// No waiting writer gets in between the write access and the read access of a downgrade.
pub(crate) fn a_downgrade_lets_no_writer_in_between() {
    for prefer in [Prefer::Readers, Prefer::Writers] {
        model::check(move || {
            let lock = lock(prefer);
            let guard = lock.write();
            let writer = spawn(&lock, write);
            guard.with_mut(|_| ());
            let guard = WriteGuard::downgrade(guard);
            guard.with(|_| ());
            drop(guard);
            join(writer);
        });
    }
}

/// If readers go first, they pass a waiting writer.
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
/// One thread reads, and reads again before it has unlocked. Another one writes.
pub(crate) fn read_twice(prefer: Prefer) {
    model::check(move || {
        let lock = Arc::new(RwLock::new(prefer, 0));
        let shared = Arc::clone(&lock);
        let writer = thread::spawn(move || *shared.write() += 1);
        let first = lock.read();
        let second = lock.read(); // the writer may be waiting by now, for `first`
        drop((first, second));
        writer.join().expect("it does not panic");
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

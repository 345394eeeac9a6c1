// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A lock for many readers or one writer, built from a Mutex and two Condvars.
//!
//! The mutex protects the count of the threads inside, for a few instructions. It is not held
//! while a thread reads or writes.

use core::cell::UnsafeCell;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Many readers or one writer. Unlike std's lock, it is not poisoned by a panic.
pub struct RwLock<T> {
    prefer: Prefer,
    inside: Mutex<Inside>,
    readers: Condvar,
    writers: Condvar,
    value: UnsafeCell<T>,
}

/// Which side goes first when readers are inside, a writer waits, and another reader arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefer {
    /// The reader. The writer waits as long as readers keep arriving.
    Readers,
    /// The writer. New readers wait behind it, so a thread that reads must not read again.
    Writers,
}

struct Inside {
    readers: usize,
    writing: bool,
    writers_waiting: usize,
}

/// Read access, until it is dropped.
#[must_use = "a guard that is not kept unlocks immediately"]
pub struct ReadGuard<'a, T>(&'a RwLock<T>);

/// Write access, until it is dropped.
#[must_use = "a guard that is not kept unlocks immediately"]
pub struct WriteGuard<'a, T>(&'a RwLock<T>);

// SAFETY: readers use `&T` in several threads at the same time, which needs `T: Sync`. A writer in
// another thread may move the value out, which needs `T: Send`. A writer is always alone.
#[expect(unsafe_code, reason = "what a lock is for: sharing a cell")]
unsafe impl<T: Send + Sync> Sync for RwLock<T> {}

impl<T> RwLock<T> {
    /// A free lock. It can be a `static`.
    pub const fn new(prefer: Prefer, value: T) -> Self {
        Self {
            prefer,
            inside: Mutex::new(Inside {
                readers: 0,
                writing: false,
                writers_waiting: 0,
            }),
            readers: Condvar::new(),
            writers: Condvar::new(),
            value: UnsafeCell::new(value),
        }
    }

    /// Waits until it may read.
    pub fn read(&self) -> ReadGuard<'_, T> {
        let mut inside = self.lock();
        while !self.may_read(&inside) {
            inside = self
                .readers
                .wait(inside)
                .unwrap_or_else(PoisonError::into_inner);
        }
        inside.let_a_reader_in();
        ReadGuard(self)
    }

    /// Reads, unless it would have to wait.
    pub fn try_read(&self) -> Option<ReadGuard<'_, T>> {
        let mut inside = self.lock();
        self.may_read(&inside).then(|| {
            inside.let_a_reader_in();
            ReadGuard(self)
        })
    }

    /// Waits until it may write.
    pub fn write(&self) -> WriteGuard<'_, T> {
        let mut inside = self.lock();
        inside.writers_waiting += 1;
        while inside.writing || inside.readers > 0 {
            inside = self
                .writers
                .wait(inside)
                .unwrap_or_else(PoisonError::into_inner);
        }
        inside.writers_waiting -= 1;
        inside.writing = true;
        WriteGuard(self)
    }

    /// Writes, unless it would have to wait. It may pass writers that wait.
    pub fn try_write(&self) -> Option<WriteGuard<'_, T>> {
        let mut inside = self.lock();
        let may_write = !inside.writing && inside.readers == 0;
        may_write.then(|| {
            inside.writing = true;
            WriteGuard(self)
        })
    }

    /// How many writers are waiting.
    pub fn writers_waiting(&self) -> usize {
        self.lock().writers_waiting
    }

    fn may_read(&self, inside: &Inside) -> bool {
        let behind_a_writer = self.prefer == Prefer::Writers && inside.writers_waiting > 0;
        !inside.writing && !behind_a_writer
    }

    /// The only panic while this lock is held, in `let_a_reader_in`, changes nothing. So ignoring
    /// the poison is right.
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// Checked, because forgotten guards still count. If the count overflowed to 0, a writer would
    /// get in beside the readers.
    fn let_a_reader_in(&mut self) {
        let more = self.readers.checked_add(1);
        self.readers = more.expect("fewer readers than usize::MAX");
    }
}

impl<'a, T> WriteGuard<'a, T> {
    /// Turns write access into read access. No other writer gets in between.
    pub fn downgrade(guard: Self) -> ReadGuard<'a, T> {
        let lock = ManuallyDrop::new(guard).0; // its drop would let a writer in
        let mut inside = lock.lock();
        inside.writing = false;
        inside.let_a_reader_in();
        lock.readers.notify_all();
        ReadGuard(lock)
    }
}

impl<T> Drop for ReadGuard<'_, T> {
    fn drop(&mut self) {
        let mut inside = self.0.lock();
        inside.readers -= 1;
        // No reader waits for a reader, and notifying nobody would cost a system call.
        if inside.readers == 0 && inside.writers_waiting > 0 {
            self.0.writers.notify_one();
        }
    }
}

impl<T> Drop for WriteGuard<'_, T> {
    fn drop(&mut self) {
        self.0.lock().writing = false;
        // Both kinds. A thread that may not get in yet waits again.
        self.0.writers.notify_one();
        self.0.readers.notify_all();
    }
}

impl<T> Deref for ReadGuard<'_, T> {
    type Target = T;

    #[expect(unsafe_code, reason = "the guard is the right to read")]
    fn deref(&self) -> &T {
        // SAFETY: while this guard lives it counts as a reader, so no thread has a `&mut T`.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> Deref for WriteGuard<'_, T> {
    type Target = T;

    #[expect(unsafe_code, reason = "the guard is the right to read and write")]
    fn deref(&self) -> &T {
        // SAFETY: while this guard lives no other thread is inside, and it is borrowed to read.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for WriteGuard<'_, T> {
    #[expect(unsafe_code, reason = "the guard is the right to read and write")]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: while this guard lives no other thread is inside, and it is borrowed to write.
        unsafe { &mut *self.0.value.get() }
    }
}

/// As std's: shows the value if it can be read now.
impl<T: fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RwLock");
        match self.try_read() {
            Some(value) => shown.field("data", &&*value),
            None => shown.field("data", &format_args!("<locked>")),
        };
        shown.finish_non_exhaustive()
    }
}

impl<T: fmt::Debug> fmt::Debug for ReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for WriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

//! A lock for many readers or one writer, built from a Mutex and two Condvars.
//!
//! The mutex guards the count of who is inside, for a few instructions. It is not held while
//! somebody reads or writes.

use core::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Many readers or one writer. Unlike std's, it is not poisoned by a panic.
#[derive(Debug)]
pub struct RwLock<T> {
    prefer: Prefer,
    inside: Mutex<Inside>,
    readers: Condvar,
    writers: Condvar,
    value: UnsafeCell<T>,
}

/// Who goes first when readers are inside, a writer waits, and another reader comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefer {
    /// The reader: the writer waits as long as readers keep coming.
    Readers,
    /// The writer: new readers wait behind it. So a thread that reads must not read again.
    Writers,
}

#[derive(Debug, Default)]
struct Inside {
    readers: usize,
    writing: bool,
    writers_waiting: usize,
}

/// Read access, until it is dropped.
#[derive(Debug)]
#[must_use = "the lock is free again at once if the guard is not kept"]
pub struct ReadGuard<'a, T>(&'a RwLock<T>);

/// Write access, until it is dropped.
#[derive(Debug)]
#[must_use = "the lock is free again at once if the guard is not kept"]
pub struct WriteGuard<'a, T>(&'a RwLock<T>);

// SAFETY: readers use `&T` in several threads at once, hence Sync; a writer may take the value out
// or drop it in another thread, hence Send. Nobody else is inside with a writer.
#[expect(unsafe_code, reason = "what a lock is for: sharing a cell")]
unsafe impl<T: Send + Sync> Sync for RwLock<T> {}

impl<T> RwLock<T> {
    /// A lock that nobody holds.
    pub fn new(prefer: Prefer, value: T) -> Self {
        Self {
            prefer,
            inside: Mutex::new(Inside::default()),
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

    /// Reads if it may at once.
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

    /// How many writers wait at this moment.
    pub fn writers_waiting(&self) -> usize {
        self.lock().writers_waiting
    }

    fn may_read(&self, inside: &Inside) -> bool {
        let behind_a_writer = self.prefer == Prefer::Writers && inside.writers_waiting > 0;
        !inside.writing && !behind_a_writer
    }

    /// The one panic while this lock is held, for a reader too many, comes before any change. So
    /// poison means nothing here.
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// Checked, for guards can be forgotten and still count: past the end it would begin at 0 again,
    /// and a writer would go in beside all the readers.
    fn let_a_reader_in(&mut self) {
        let more = self.readers.checked_add(1);
        self.readers = more.expect("fewer readers than usize::MAX");
    }
}

impl<T> Drop for ReadGuard<'_, T> {
    fn drop(&mut self) {
        let mut inside = self.0.lock();
        inside.readers -= 1;
        // No reader waits for a reader. And to notify nobody is a call of the system all the same.
        if inside.readers == 0 && inside.writers_waiting > 0 {
            self.0.writers.notify_one();
        }
    }
}

impl<T> Drop for WriteGuard<'_, T> {
    fn drop(&mut self) {
        self.0.lock().writing = false;
        // Both sorts, and who may not go in yet waits again.
        self.0.writers.notify_one();
        self.0.readers.notify_all();
    }
}

impl<T> Deref for ReadGuard<'_, T> {
    type Target = T;

    #[expect(unsafe_code, reason = "the guard is the right to read")]
    fn deref(&self) -> &T {
        // SAFETY: while this guard lives it counts as a reader, so nobody has a `&mut T`.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> Deref for WriteGuard<'_, T> {
    type Target = T;

    #[expect(unsafe_code, reason = "the guard is the right to read and write")]
    fn deref(&self) -> &T {
        // SAFETY: while this guard lives nobody else is inside, and it is borrowed to read.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for WriteGuard<'_, T> {
    #[expect(unsafe_code, reason = "the guard is the right to read and write")]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: while this guard lives nobody else is inside, and it is borrowed to write.
        unsafe { &mut *self.0.value.get() }
    }
}

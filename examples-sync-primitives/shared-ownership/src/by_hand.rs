// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! An Arc by hand: a count beside the value; the last owner frees both. This file needs no other.
//!
//! It has no Weak. std's Arc has a second count for that, which keeps the memory after the value
//! is dropped.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::process;
use std::ptr::NonNull;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// One of the owners of a value.
pub struct Arc<T> {
    inner: NonNull<Inner<T>>,
    /// Tells the compiler that dropping this may drop a T.
    owns: PhantomData<Inner<T>>,
}

struct Inner<T> {
    owners: AtomicUsize,
    value: T,
}

// SAFETY: every thread with an owner may read the value, so T must be `Sync`. The last owner
// drops it, in whichever thread, so T must be `Send`.
#[expect(unsafe_code, reason = "a raw pointer is neither Send nor Sync")]
unsafe impl<T: Send + Sync> Send for Arc<T> {}
// SAFETY: as above, because a shared Arc can be cloned in any thread.
#[expect(unsafe_code, reason = "a raw pointer is neither Send nor Sync")]
unsafe impl<T: Send + Sync> Sync for Arc<T> {}

impl<T> Arc<T> {
    /// The first owner of a value.
    pub fn new(value: T) -> Self {
        let owners = AtomicUsize::new(1);
        let inner = Box::leak(Box::new(Inner { owners, value }));
        Self {
            inner: NonNull::from(inner),
            owns: PhantomData,
        }
    }

    /// The number of owners. By the time you use it, another thread may have changed it.
    pub fn strong_count(this: &Self) -> usize {
        this.inner().owners.load(Relaxed)
    }

    /// Whether both own the same value, not merely an equal one.
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        this.inner == other.inner
    }

    /// Access to change the value, if there is no other owner.
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        // Acquire: everything that the other owners did happens before our change.
        if this.inner().owners.load(Acquire) != 1 {
            return None;
        }
        // SAFETY: we are the only owner, and mutably borrowed, so nobody can clone or read us.
        #[expect(unsafe_code, reason = "only the count proves that there is one owner")]
        Some(unsafe { &mut this.inner.as_mut().value })
    }

    fn inner(&self) -> &Inner<T> {
        // SAFETY: only the last owner frees it, and this owner still exists.
        #[expect(unsafe_code, reason = "the value is reached by a raw pointer")]
        unsafe {
            self.inner.as_ref()
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T> Deref for Arc<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner().value
    }
}

impl<T> Clone for Arc<T> {
    fn clone(&self) -> Self {
        // Relaxed: this owner keeps the value alive meanwhile. Whatever moves the new owner to
        // another thread (spawn, a channel, a lock) orders the rest.
        let before = self.inner().owners.fetch_add(1, Relaxed);
        // Forgotten clones (mem::forget) could make the count wrap to zero, and free a value in
        // use.
        if before > usize::MAX / 2 {
            process::abort();
        }
        Self {
            inner: self.inner,
            owns: PhantomData,
        }
    }
}

impl<T> Drop for Arc<T> {
    fn drop(&mut self) {
        // Release: everything that this owner did happens before the last owner's drop.
        if self.inner().owners.fetch_sub(1, Release) != 1 {
            return;
        }
        // Acquire: the other half of that pair. A fence(Acquire) would do, too, but
        // ThreadSanitizer understands only the load.
        self.inner().owners.load(Acquire);
        // SAFETY: it came from a Box, and the count reached zero once: no other owner is left.
        #[expect(unsafe_code, reason = "takes back what Box::leak gave out")]
        drop(unsafe { Box::from_raw(self.inner.as_ptr()) });
    }
}

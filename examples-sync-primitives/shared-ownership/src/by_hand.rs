//! An Arc by hand: a count beside the value, and the last owner frees both.
//!
//! It has no Weak. std's has a second count for those, which keeps the memory while the value is
//! gone already.

use std::marker::PhantomData;
use std::ops::Deref;
use std::process;
use std::ptr::NonNull;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// One of the owners of a value.
#[derive(Debug)]
pub struct Arc<T> {
    inner: NonNull<Inner<T>>,
    /// Tells the compiler that a drop of this may drop a T.
    owns: PhantomData<Inner<T>>,
}

#[derive(Debug)]
struct Inner<T> {
    owners: AtomicUsize,
    value: T,
}

// SAFETY: any thread may read the value, so it must be Sync; and the last owner, whichever thread
// that is, drops it, so it must be Send. The same holds for a shared Arc: it can be cloned.
#[expect(unsafe_code, reason = "a raw pointer is neither Send nor Sync")]
unsafe impl<T: Send + Sync> Send for Arc<T> {}
// SAFETY: as above.
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

    /// How many owners there are; by the time you look, another thread may have changed it.
    pub fn strong_count(this: &Self) -> usize {
        this.inner().owners.load(Relaxed)
    }

    /// Whether both own the same value, equal or not.
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        this.inner == other.inner
    }

    /// The value, to change it, if nobody else owns it.
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        // Acquire: what the other owners read or wrote before they let go comes before our change.
        if this.inner().owners.load(Acquire) != 1 {
            return None;
        }
        // SAFETY: we are the only owner, and borrowed mutably: nobody can clone us, or look.
        #[expect(unsafe_code, reason = "only the count knows that we are alone")]
        Some(unsafe { &mut this.inner.as_mut().value })
    }

    fn inner(&self) -> &Inner<T> {
        // SAFETY: freed by the last owner only, and this owner is still here.
        #[expect(unsafe_code, reason = "the value is reached by a raw pointer")]
        unsafe {
            self.inner.as_ref()
        }
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
        // Relaxed: this owner keeps the value alive meanwhile, and how the new one reaches another
        // thread (spawn, a channel, a lock) orders the rest.
        let before = self.inner().owners.fetch_add(1, Relaxed);
        // Forgotten clones (mem::forget) could bring the count round to zero and free a value in use.
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
        // Release: all that this owner did with the value comes before the last one's drop.
        if self.inner().owners.fetch_sub(1, Release) != 1 {
            return;
        }
        // Acquire: the other half of that edge. A fence(Acquire) says the same; the load is what
        // ThreadSanitizer understands.
        self.inner().owners.load(Acquire);
        // SAFETY: it came from a Box, and the count fell to zero once: no owner is left but us.
        #[expect(unsafe_code, reason = "ends what Box::leak began")]
        drop(unsafe { Box::from_raw(self.inner.as_ptr()) });
    }
}

//! `std::sync::atomic` over loom's, with what those lack: `const fn new`, and a
//! `compare_exchange_weak` that fails spuriously.
//!
//! Loom registers an atomic when it is created, which a `const fn` cannot do. So ours register when
//! they are first used. But loom insists that an atomic is created before any thread uses it, in the
//! happens-before order. So each execution begins with a supply of loom's atomics, all of them zero,
//! and an atomic takes one of these at its first use. It keeps its initial value beside it, and
//! stores the difference: so nobody has to write the initial value, at a moment that other threads
//! would have to synchronize with.

pub use loom::sync::atomic::{Ordering, fence};

use super::WORLD;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::atomic::AtomicUsize as StdUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::LocalKey;

/// How many atomics of each type the executions of a model begin with. The first one begins with
/// plenty, the next ones with as many as an execution has used so far, and some more.
#[derive(Debug)]
pub(crate) struct Supply([usize; 5]);

/// The atomics of one type in this execution. In a thread-local, because all threads of a model run
/// in one of the system's, and tests run in several.
struct Atomics<T> {
    all: Vec<Rc<T>>,
    used: usize,
}

impl<T> Default for Atomics<T> {
    fn default() -> Self {
        let (all, used) = (Vec::new(), 0);
        Self { all, used }
    }
}

impl<T> Atomics<T> {
    /// Returns the number of the one that is taken, counted from 1.
    fn take(&mut self, new: impl FnOnce() -> Rc<T>) -> usize {
        if self.used == self.all.len() {
            self.all.push(new());
        }
        self.used += 1;
        self.used
    }
}

const PLENTY: usize = 32;
const SOME_MORE: usize = 2;

impl Default for Supply {
    fn default() -> Self {
        Self([PLENTY; 5])
    }
}

/// The operations that do not depend on how values are stored.
macro_rules! atomic {
    ($name:ident, $value:ty, $atomics:ident, $zero:expr) => {
        thread_local! {
            static $atomics: RefCell<Atomics<loom::sync::atomic::$name>> = RefCell::default();
        }

        #[doc = concat!("`std::sync::atomic::", stringify!($name), "` over loom's.")]
        pub struct $name {
            initial: $value,
            /// Its number in the supply, counted from 1; 0 before its first use. Not loom's atomic
            /// itself: a planted bug may use this one when it is freed already, and a wrong number
            /// is an error where anything else would be undefined behaviour.
            number: StdUsize,
        }

        impl $name {
            pub const fn new(value: $value) -> Self {
                Self {
                    initial: value,
                    number: StdUsize::new(0),
                }
            }

            fn inner(&self) -> Rc<loom::sync::atomic::$name> {
                $atomics.with_borrow_mut(|atomics| {
                    if self.number.load(Relaxed) == 0 {
                        // Beyond the supply: as good, if its first use is before all others.
                        let new = || Rc::new(loom::sync::atomic::$name::new($zero));
                        self.number.store(atomics.take(new), Relaxed);
                    }
                    Rc::clone(&atomics.all[self.number.load(Relaxed) - 1])
                })
            }

            #[track_caller]
            pub fn into_inner(self) -> $value {
                self.load(Ordering::Acquire) // nobody else has it, so that this reads the last value
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                self.decode(self.inner().load(order))
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.inner().store(self.encode(value), order);
            }

            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.decode(self.inner().swap(self.encode(value), order))
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                let (current, new) = (self.encode(current), self.encode(new));
                let exchanged = self
                    .inner()
                    .compare_exchange(current, new, success, failure);
                exchanged
                    .map(|value| self.decode(value))
                    .map_err(|value| self.decode(value))
            }

            /// [`check`](crate::check) has it fail spuriously, at each place in turn.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                if WORLD.fails_spuriously() {
                    return Err(self.load(failure));
                }
                self.compare_exchange(current, new, success, failure)
            }

            /// A loop around a weak exchange, as in std.
            #[track_caller]
            pub fn fetch_update(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut update: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut seen = self.load(fetch);
                while let Some(next) = update(seen) {
                    match self.compare_exchange_weak(seen, next, set, fetch) {
                        Ok(value) => return Ok(value),
                        Err(now) => seen = now,
                    }
                }
                Err(seen)
            }

            /// For operations that the difference to the initial value does not pass through.
            fn inner_from_zero(&self) -> Rc<loom::sync::atomic::$name> {
                assert!(
                    self.initial == $zero,
                    "not modelled for an atomic that does not begin at zero"
                );
                self.inner()
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new($zero)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

macro_rules! passes_to_loom {
    ($value:ty: $($operation:ident)*) => {$(
        /// For an atomic that begins at zero.
        #[track_caller]
        pub fn $operation(&self, value: $value, order: Ordering) -> $value {
            self.inner_from_zero().$operation(value, order)
        }
    )*};
}

macro_rules! number {
    ($name:ident, $value:ty, $atomics:ident) => {
        atomic!($name, $value, $atomics, 0);

        impl $name {
            fn encode(&self, value: $value) -> $value {
                value.wrapping_sub(self.initial)
            }

            fn decode(&self, stored: $value) -> $value {
                stored.wrapping_add(self.initial)
            }

            #[track_caller]
            pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                self.decode(self.inner().fetch_add(value, order))
            }

            #[track_caller]
            pub fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                self.decode(self.inner().fetch_sub(value, order))
            }

            passes_to_loom!($value: fetch_max fetch_min fetch_and fetch_or fetch_xor);
        }
    };
}

atomic!(AtomicBool, bool, BOOLS, false);

impl AtomicBool {
    fn encode(&self, value: bool) -> bool {
        value ^ self.initial
    }

    fn decode(&self, stored: bool) -> bool {
        stored ^ self.initial
    }

    passes_to_loom!(bool: fetch_and fetch_or fetch_xor);
}

// Those that the concepts use; another type is a line here, and one at the end.
number!(AtomicI64, i64, I64S);
number!(AtomicU32, u32, U32S);
number!(AtomicU64, u64, U64S);
number!(AtomicUsize, usize, USIZES);

impl Supply {
    /// For the beginning of an execution, in its first thread.
    pub(crate) fn prepare(&self) {
        let [bools, i64s, u32s, u64s, usizes] = self.0;
        prepare(&BOOLS, bools, || loom::sync::atomic::AtomicBool::new(false));
        prepare(&I64S, i64s, || loom::sync::atomic::AtomicI64::new(0));
        prepare(&U32S, u32s, || loom::sync::atomic::AtomicU32::new(0));
        prepare(&U64S, u64s, || loom::sync::atomic::AtomicU64::new(0));
        prepare(&USIZES, usizes, || loom::sync::atomic::AtomicUsize::new(0));
    }

    /// What the next execution begins with. For the end of this one.
    pub(crate) fn for_the_next(&self, first: bool) -> Self {
        let used = [
            BOOLS.with_borrow(|atomics| atomics.used),
            I64S.with_borrow(|atomics| atomics.used),
            U32S.with_borrow(|atomics| atomics.used),
            U64S.with_borrow(|atomics| atomics.used),
            USIZES.with_borrow(|atomics| atomics.used),
        ];
        let mut next = self.0;
        for (next, used) in next.iter_mut().zip(used) {
            let needed = used + SOME_MORE;
            *next = if first { needed } else { needed.max(*next) };
        }
        Self(next)
    }
}

fn prepare<T>(
    atomics: &'static LocalKey<RefCell<Atomics<T>>>,
    count: usize,
    mut new: impl FnMut() -> T,
) {
    atomics.set(Atomics {
        all: (0..count).map(|_| Rc::new(new())).collect(),
        used: 0,
    });
}

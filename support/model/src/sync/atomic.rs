//! `std::sync::atomic` over loom's, whose weak exchange never fails for nothing. Here one does.

pub use loom::sync::atomic::{Ordering, fence};

use super::WORLD;
use std::ops::Deref;

// Those that the concepts use; another type is a line at the end.
macro_rules! atomic {
    ($name:ident, $value:ty) => {
        #[doc = concat!("`std::sync::atomic::", stringify!($name), "` over loom's.")]
        #[derive(Debug, Default)]
        pub struct $name(loom::sync::atomic::$name);

        impl $name {
            /// As in std.
            #[track_caller]
            pub fn new(value: $value) -> Self {
                Self(loom::sync::atomic::$name::new(value))
            }

            /// As in std.
            #[track_caller]
            pub fn into_inner(self) -> $value {
                self.0.into_inner()
            }

            /// As in std: [`check`](crate::check) has it fail for nothing, at each place in turn.
            ///
            /// # Errors
            /// The value that is there, if it is not `current`, or for nothing.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                if WORLD.fails_for_nothing() {
                    return Err(self.load(failure));
                }
                self.compare_exchange(current, new, success, failure)
            }
        }

        /// All that is as loom has it.
        impl Deref for $name {
            type Target = loom::sync::atomic::$name;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    };
}

atomic!(AtomicBool, bool);
atomic!(AtomicI64, i64);
atomic!(AtomicU32, u32);
atomic!(AtomicU64, u64);
atomic!(AtomicUsize, usize);

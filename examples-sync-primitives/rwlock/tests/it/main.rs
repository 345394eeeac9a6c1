//! The integration tests of `rwlock`, in one binary.

mod behaviour;
mod output;
mod traps;
mod twin;

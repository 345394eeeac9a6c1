//! The integration tests of `rwlock`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

//! The integration tests of `thread-pool`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

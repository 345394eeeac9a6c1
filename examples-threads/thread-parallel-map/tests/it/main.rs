//! The integration tests of `thread-parallel-map`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

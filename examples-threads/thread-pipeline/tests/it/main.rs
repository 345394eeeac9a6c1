//! The integration tests of `thread-pipeline`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

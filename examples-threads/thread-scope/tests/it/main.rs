//! The integration tests of `thread-scope`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

//! The integration tests of `thread-worker`, in one binary.

mod behaviour;
mod examples;
mod output;
mod rejected;
mod traps;

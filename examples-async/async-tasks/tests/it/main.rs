//! The integration tests of `async-tasks`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

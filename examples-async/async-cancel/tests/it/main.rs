//! The integration tests of `async-cancel`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

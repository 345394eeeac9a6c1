//! The integration tests of `async-timeout`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

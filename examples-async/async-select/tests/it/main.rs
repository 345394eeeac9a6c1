//! The integration tests of `async-select`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

//! The integration tests of `async-future`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

//! The integration tests of `async-blocking`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

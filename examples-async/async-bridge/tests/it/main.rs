//! The integration tests of `async-bridge`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

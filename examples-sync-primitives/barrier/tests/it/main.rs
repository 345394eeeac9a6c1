//! The integration tests of `barrier`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

//! The integration tests of `promise`, in one binary.

mod behaviour;
mod examples;
mod output;
mod rejected;
mod runtimes;
mod traps;
mod twin;

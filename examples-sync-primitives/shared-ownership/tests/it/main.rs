//! The integration tests of `shared-ownership`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

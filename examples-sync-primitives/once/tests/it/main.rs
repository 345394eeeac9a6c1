//! The integration tests of `once`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

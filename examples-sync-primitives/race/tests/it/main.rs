//! The integration tests of `race`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

//! The integration tests of `mutex`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

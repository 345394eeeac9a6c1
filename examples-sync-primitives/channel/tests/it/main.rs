//! The integration tests of `channel`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

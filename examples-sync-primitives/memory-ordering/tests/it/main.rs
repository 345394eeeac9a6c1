//! The integration tests of `memory-ordering`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;

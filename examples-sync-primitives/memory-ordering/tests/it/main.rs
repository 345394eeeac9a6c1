//! The integration tests of `memory-ordering`, in one binary.

mod behaviour;
mod output;
mod traps;

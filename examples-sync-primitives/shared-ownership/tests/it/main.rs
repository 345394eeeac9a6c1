//! The integration tests of `shared-ownership`, in one binary.

mod behaviour;
mod output;
mod traps;
mod twin;

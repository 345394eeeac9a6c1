//! The integration tests of `send-sync`, in one binary.

mod behaviour;
mod examples;
mod output;
mod table;
mod traps;

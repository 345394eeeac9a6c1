//! The integration tests of `semaphore`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

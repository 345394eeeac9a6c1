//! The integration tests of `semaphore-async`, in one binary.

mod behaviour;
mod by_hand;
mod examples;
mod output;
mod traps;
mod twin;

//! The integration tests of `channel-async`, in one binary.

mod behaviour;
mod by_hand;
mod examples;
mod output;
mod traps;

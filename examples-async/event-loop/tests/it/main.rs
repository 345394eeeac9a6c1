//! The integration tests of `event-loop`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

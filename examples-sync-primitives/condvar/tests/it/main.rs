//! The integration tests of `condvar`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

//! The integration tests of `async-stream`, in one binary.

mod ahead;
mod behaviour;
mod examples;
mod output;
mod server;
mod traps;

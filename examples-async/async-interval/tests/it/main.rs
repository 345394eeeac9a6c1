//! The integration tests of `async-interval`, in one binary.

mod behaviour;
mod examples;
mod output;
#[path = "../../examples/record.rs"]
mod record;
mod traps;

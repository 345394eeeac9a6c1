//! The integration tests of `mutex-async`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

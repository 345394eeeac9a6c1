//! The integration tests of `starvation`, in one binary.

mod behaviour;
mod examples;
mod output;
mod twin;

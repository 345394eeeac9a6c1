//! The integration tests of `deadlock`, in one binary.

mod behaviour;
mod examples;
mod hangs;
mod output;
mod twin;

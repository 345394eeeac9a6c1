//! The integration tests of `gil`, in one binary.

mod behaviour;
mod examples;
mod output;
mod twin;

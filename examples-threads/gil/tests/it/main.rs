//! The integration tests of `gil`, in one binary.

mod behaviour;
mod output;
mod twin;

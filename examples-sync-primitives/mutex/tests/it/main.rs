//! The integration tests of `mutex`, in one binary.

mod behaviour;
mod output;
mod traps;
mod twin;

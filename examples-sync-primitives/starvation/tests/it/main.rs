//! The integration tests of `starvation`, in one binary.

mod behaviour;
mod output;
mod twin;

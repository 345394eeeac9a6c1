//! The integration tests of `thread-cancel`, in one binary.

mod behaviour;
#[cfg(unix)]
mod ctrl_c;
mod examples;
mod output;
mod rejected;
mod traps;

//! The integration tests of `async-shutdown`, in one binary.

mod behaviour;
mod examples;
mod output;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod signals;
mod traps;

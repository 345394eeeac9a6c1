//! The integration tests of `async-retry`, in one binary.

mod behaviour;
mod breaker;
mod crowd;
mod examples;
mod http;
mod output;
mod traps;

//! The integration tests of `thread-fetch`, in one binary.

mod api;
#[cfg(unix)]
mod client;
mod conformance;
mod examples;
mod lookup;
mod output;
#[cfg(target_os = "linux")]
mod refused;
mod requests;
mod tutorial;

//! The integration tests of `async-fetch-smol`, in one binary.

mod api;
mod client;
mod conformance;
#[cfg(target_os = "linux")]
mod dial;
mod examples;
mod output;
mod requests;
mod tasks;

//! The integration tests of `thread-fetch-std`, in one binary.

mod api;
mod client;
mod conformance;
mod examples;
mod lookup;
mod output;
mod parser;
#[cfg(target_os = "linux")]
mod refused;
mod requests;
mod url;

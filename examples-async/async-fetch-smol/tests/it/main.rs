//! The integration tests of `async-fetch-smol`, in one binary.

mod api;
mod client;
mod conformance;
mod examples;
mod output;
mod tasks;

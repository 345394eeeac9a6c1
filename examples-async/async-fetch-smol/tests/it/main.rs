//! The integration tests of `async-fetch-smol`, in one binary.

mod client;
mod conformance;
mod examples;
mod output;
mod redirect;
mod tasks;

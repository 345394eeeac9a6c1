//! The integration tests of `process-fetch`, in one binary.

mod client;
mod conformance;
mod deaths;
mod examples;
mod frame;
mod ordinary;
mod output;
mod tutorial;

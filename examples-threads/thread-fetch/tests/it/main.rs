//! The integration tests of `thread-fetch`, in one binary.

mod conformance;
mod examples;
mod lookup;
mod output;
mod tutorial;

//! The integration tests of `async-fetch`, in one binary.

mod conformance;
mod dropped;
mod examples;
mod output;
mod runtime;

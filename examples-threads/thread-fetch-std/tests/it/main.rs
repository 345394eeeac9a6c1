//! The integration tests of `thread-fetch-std`, in one binary.

mod client;
mod conformance;
mod output;
mod parser;
mod url;

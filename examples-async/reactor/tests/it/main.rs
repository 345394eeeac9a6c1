//! The integration tests of `reactor`, in one binary.

mod api;
mod client;
mod conformance;
mod examples;
mod names;
mod output;
mod parser;
mod reentry;
mod requests;
mod sockets;
mod traps;
mod url;

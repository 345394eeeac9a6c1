//! The integration tests of `reactor`, in one binary.

mod client;
mod conformance;
mod names;
mod output;
mod parser;
mod sockets;
mod traps;
mod url;

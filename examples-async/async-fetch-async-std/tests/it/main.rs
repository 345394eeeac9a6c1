//! The integration tests of `async-fetch-async-std`, in one binary.

mod api;
mod conformance;
mod diff;
mod dropped;
mod notice;
mod output;
mod short;
mod terms;

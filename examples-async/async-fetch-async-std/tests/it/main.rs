//! The integration tests of `async-fetch-async-std`, in one binary.

mod api;
mod conformance;
#[cfg(target_os = "linux")]
mod dial;
mod diff;
mod dropped;
mod notice;
mod output;
mod requests;
mod short;
mod terms;

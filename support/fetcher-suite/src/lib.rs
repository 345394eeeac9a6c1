//! The conformance tests that every fetcher passes, whatever its concurrency model.

pub mod conformance;
pub mod faults;
#[cfg(feature = "parsing")]
pub mod parsing;
pub mod requests;
pub mod scripts;
#[cfg(target_os = "linux")]
pub mod silent;
#[cfg(feature = "parsing")]
pub mod urls;

//! The conformance tests that every fetcher passes, whatever its concurrency model.

pub mod conformance;
#[cfg(feature = "parsing")]
pub mod parsing;
pub mod scripts;
#[cfg(feature = "parsing")]
pub mod urls;

//! The integration tests of `process-pool`, in one binary.

#[cfg(unix)]
mod examples;
#[cfg(unix)]
mod exits;
mod frames;
#[cfg(unix)]
mod in_tests;
mod output;

//! The integration tests of `process-pool`, in one binary.

mod frame;
mod output;

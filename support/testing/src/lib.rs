//! What the tests of any concept need, with std alone: child processes, hangs, transcripts, twins.

pub mod child;
pub mod program;
pub mod transcript;
pub mod twin;
pub mod waits;
pub mod waker;
pub mod watchdog;

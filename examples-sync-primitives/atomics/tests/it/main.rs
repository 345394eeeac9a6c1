//! The integration tests of `atomics`, in one binary.

mod behaviour;
mod examples;
mod output;
mod traps;
mod twin;

//! The integration tests of `spinlock`, in one binary.

mod behaviour;
mod cpu_time;
mod examples;
mod output;
mod traps;

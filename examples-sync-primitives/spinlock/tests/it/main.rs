//! The integration tests of `spinlock`, in one binary.

mod behaviour;
mod cpu_time;
mod output;
mod traps;

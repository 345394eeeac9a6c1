//! Each program fails with its message, and its fix works.

// The programs are written as readers write theirs, and most of them are wrong on purpose.
#[allow(warnings, unsafe_code, clippy::all, clippy::panic, clippy::unwrap_used)]
mod fixes;
#[allow(warnings, unsafe_code, clippy::all, clippy::panic, clippy::unwrap_used)]
mod panics;
mod refused;

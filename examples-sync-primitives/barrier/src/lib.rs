// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Lets threads work in phases: with std's Barrier, and with one that breaks instead of hanging.
//!
//! From the project "Many Things at Once", where `cargo run -p barrier` demonstrates it and
//! `docs/src/locks/barrier.md` explains it.
//!
//! *Notice:* no thread begins a phase before all have finished the previous one. One thread in each
//! phase is the leader, and does what is done once. If a thread panics, the others wait forever at
//! std's Barrier. Here each thread owns a `Member`, and dropping it breaks the barrier.
//!
//! *Use instead:* `join` or a scope if there is only one phase; `condvar` to wait for one thread.
//!
//! # Use it
//! ```ignore
//! use barrier::barrier;
//! use std::thread;
//!
//! fn main() {
//!     thread::scope(|scope| {
//!         for mut member in barrier(3) {
//!             scope.spawn(move || {
//!                 for phase in 1..=2 {
//!                     println!("phase {phase}");
//!                     member.wait().expect("every thread stays to the end");
//!                 }
//!             });
//!         }
//!     });
//! }
//! ```

mod by_hand;
mod rule_90;

pub use by_hand::{Broken, Member, Role, barrier};
pub use rule_90::rule_90;

//! Lets threads work in phases, with std's Barrier and with one that breaks instead of hanging.
//!
//! Run it: `cargo run -p barrier`
//!
//! *Notice:* nobody begins a phase before all have ended the one before. One of the threads is the
//! leader of a phase, whichever came last, and does what is to be done once. With std's
//! Barrier a thread that panics leaves the others waiting for ever; by hand each thread owns a
//! `Member`, and dropping it breaks the barrier.
//!
//! *Use instead:* `join`, or a scope, when there is one phase only; `condvar` to wait for one thread.
//!
//! The page: `docs/src/locks/barrier.md`
//!
//! # Use it
//! ```
//! use barrier::barrier;
//! use std::thread;
//!
//! fn main() {
//!     thread::scope(|scope| {
//!         for mut member in barrier(3) {
//!             scope.spawn(move || {
//!                 for phase in 1..=2 {
//!                     println!("phase {phase}");
//!                     member.wait().expect("all stay to the end");
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

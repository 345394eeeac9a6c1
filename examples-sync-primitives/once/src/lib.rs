// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Computes a value once, at first use: with std's OnceLock and LazyLock, and with one by hand.
//!
//! From the project "Many Things at Once", where `cargo run -p once` demonstrates it and
//! `docs/src/locks/once.md` explains it.
//!
//! *Notice:* threads that arrive during the computation wait for it; later ones find the value
//! without a lock. If the computation panics, LazyLock stays poisoned; OnceLock can try again.
//!
//! *Use instead:* an argument, if `main` can compute the value and pass it down; `mutex` or
//! `rwlock` if it changes; `OnceLock::wait` (Rust 1.86) to wait for a value that another thread
//! sets; tokio's `OnceCell` and `SetOnce` in async code.
//!
//! # Use it
//! ```ignore
//! use once::Text;
//! use std::{io, sync::LazyLock, thread};
//!
//! // A global: computed at the first use, by the thread that comes first.
//! static MANIFEST: LazyLock<Text> = LazyLock::new(|| Text::open("Cargo.toml"));
//!
//! fn main() -> io::Result<()> {
//!     thread::scope(|scope| {
//!         for _ in 0..4 {
//!             scope.spawn(|| MANIFEST.words().is_ok()); // counted once, for all four
//!         }
//!     });
//!     println!("{} different words", MANIFEST.words()?.len());
//!     Ok(())
//! }
//! ```

pub mod by_hand;
mod lazy;

pub use lazy::{Text, language, set_language};

//! Makes a value once, at its first use: with std's OnceLock and LazyLock, and with one by hand.
//!
//! Run it: `cargo run -p once`
//!
//! *Notice:* threads that come while the value is made wait for it, and all later ones find it without
//! a lock. When making it panics, LazyLock is poisoned for good, and OnceLock lets the next one try.
//!
//! *Use instead:* a plain argument, if `main` can make the value and hand it down; `mutex` or
//! `rwlock`, if it changes.
//!
//! The page: `docs/src/locks/once.md`
//!
//! # Use it
//! ```
//! use once::Text;
//! use std::{io, thread};
//!
//! fn main() -> io::Result<()> {
//!     let text = Text::open("Cargo.toml");
//!     thread::scope(|scope| {
//!         for _ in 0..4 {
//!             scope.spawn(|| text.words().is_ok()); // counted once, for all four
//!         }
//!     });
//!     println!("{} words", text.words()?.len());
//!     Ok(())
//! }
//! ```

pub mod by_hand;
mod lazy;

pub use lazy::{Text, language, set_language};

// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Lets many threads read or one write: a cache with std's RwLock, and such a lock built by hand.
//!
//! From the project "Many Things at Once", where `cargo run -p rwlock` demonstrates it and
//! `docs/src/locks/rwlock.md` explains it.
//!
//! *Notice:* the cache returns an `Arc`, so no lock is held while its value is used. `by_hand`
//! shows the decision in every such lock: may a reader pass a waiting writer? If yes, writers
//! starve. If no, a thread that reads twice can deadlock.
//!
//! *Use instead:* `mutex` if the lock is held briefly: it is faster and starves nobody. To keep
//! reading what you have just written, `RwLockWriteGuard::downgrade` (Rust 1.92).
//!
//! # Use it
//! ```ignore
//! use rwlock::Cache;
//! use std::thread;
//!
//! fn main() {
//!     let pages = Cache::default();
//!     thread::scope(|scope| {
//!         for _ in 0..4 {
//!             scope.spawn(|| {
//!                 let page = pages.get_or_make("/", || "<h1>Hello</h1>".into());
//!                 println!("{page}");
//!             });
//!         }
//!     });
//! }
//! ```

pub mod by_hand;
mod cache;

pub use cache::Cache;

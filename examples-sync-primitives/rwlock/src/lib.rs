//! Lets many threads read or one write: a cache behind std's RwLock, and the lock built by hand.
//!
//! Run it: `cargo run -p rwlock`
//!
//! *Notice:* a value found in the cache leaves the lock as an `Arc`, so no lock is held while it is
//! used. `by_hand` has the question that every such lock must answer: does a reader pass a writer
//! who waits? If yes, writers starve; if no, a thread that reads twice can deadlock.
//!
//! *Use instead:* `mutex`, if the lock is held briefly: it is cheaper, and nobody starves a writer.
//!
//! The page: `docs/src/locks/rwlock.md`
//!
//! # Use it
//! ```
//! use rwlock::Cache;
//! use std::thread;
//!
//! fn main() {
//!     let pages = Cache::default();
//!     thread::scope(|scope| {
//!         for _ in 0..4 {
//!             scope.spawn(|| pages.get_or_make("/", || "<h1>Hello</h1>".into()));
//!         }
//!     });
//!     assert_eq!(pages.get("/").as_deref(), Some("<h1>Hello</h1>"));
//! }
//! ```

pub mod by_hand;
mod cache;

pub use cache::Cache;

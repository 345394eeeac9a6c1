//! What every demonstration shares, so that a concept's `main.rs` shows the concept alone.

pub mod child;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod options;
#[cfg(feature = "parsing")]
pub mod parsing;
mod report;
#[cfg(feature = "conformance")]
pub mod scripts;
mod session;
pub mod timeline;
pub mod transcript;
pub mod twin;
#[cfg(feature = "parsing")]
pub mod urls;
pub mod waits;
pub mod watchdog;

pub use session::Session;

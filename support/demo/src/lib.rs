//! What every demonstration shares, so that a concept's `main.rs` shows the concept alone.

pub mod transcript;

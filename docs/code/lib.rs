//! Builds and serves the book, and holds the house rules as tests.
//!
//! `cargo run -p book` serves the book, `cargo run -p book -- sync` writes what is generated, and
//! `cargo test -p book` holds the rules. Every function takes the root of a workspace, so that the
//! tests can show each rule a workspace that breaks it.

pub mod concept;
pub mod fault;
pub mod generate;
pub mod render;
pub mod rules;
pub mod serve;

use std::path::Path;

/// The root of the workspace that this package belongs to.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in a folder of the workspace")
}

//! Builds and serves the book, and checks the house rules.
//!
//! `cargo run -p book` serves the book, `cargo run -p book -- sync` writes what is generated, and
//! `cargo test -p book` checks the rules. Every function takes the root of a workspace, so that the
//! tests can show each rule a workspace that breaks it.

pub mod concept;
pub mod fault;
mod figures;
pub mod files;
pub mod generate;
mod html;
pub mod page;
pub mod place;
pub mod render;
pub mod rules;
mod runs;
mod search;
pub mod serve;

use std::env;
use std::path::{Path, PathBuf};

/// The root of the workspace that this package belongs to: as cargo says at run time, for the
/// checkout may have moved since the build, or where the package was built.
pub fn root() -> PathBuf {
    let running = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = running
        .filter(|folder| folder.join("book.toml").is_file())
        .unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    package.parent().map_or(package.clone(), Path::to_path_buf)
}

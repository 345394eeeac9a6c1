//! Builds the book with mdBook as a library, and completes what mdBook leaves out.

use std::fs;
use std::path::Path;

use mdbook_driver::MDBook;

use crate::search;

/// Builds the book of the workspace at `root` into `destination`, whose old content goes.
///
/// # Errors
/// If mdBook refuses the book or cannot write it.
pub fn build(root: &Path, destination: &Path) -> anyhow::Result<()> {
    let destination = std::path::absolute(destination)?;
    let mut book = MDBook::load(root.join("docs"))?;
    book.config.build.build_dir = destination.clone();
    book.build()?;
    let own = root.join("docs/theme/search.js");
    if own.is_file() {
        search::write(&destination, &fs::read_to_string(own)?)?;
    }
    Ok(())
}

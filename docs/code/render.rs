//! Builds the book with mdBook as a library.

use std::path::Path;

use mdbook_driver::MDBook;

/// Builds the book of the workspace at `root` into `destination`, whose old content goes.
///
/// # Errors
/// If mdBook refuses the book or cannot write it.
pub fn build(root: &Path, destination: &Path) -> anyhow::Result<()> {
    let mut book = MDBook::load(root.join("docs"))?;
    book.config.build.build_dir = std::path::absolute(destination)?;
    book.build()
}

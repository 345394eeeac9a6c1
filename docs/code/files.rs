//! Files of a workspace: finding, reading and naming them.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use walkdir::{DirEntry, WalkDir};

/// Folders that git does not keep.
const NOT_KEPT: [&str; 4] = ["target", "node_modules", ".git", "__pycache__"];

/// The folders directly in `folder`, sorted; none if it does not exist.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).min_depth(1).max_depth(1);
    let found = entries.sort_by_file_name().into_iter().flatten();
    let folders = found.filter(|entry| entry.path().is_dir());
    folders.map(DirEntry::into_path).collect()
}

/// Every file below `folder`, sorted; none if it does not exist. Skips what git does not keep.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let kept = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !entry.file_type().is_dir() || !NOT_KEPT.contains(&&*name)
    };
    let found = WalkDir::new(folder)
        .into_iter()
        .filter_entry(kept)
        .flatten();
    let files = found.filter(|entry| !entry.path().is_dir());
    let mut files: Vec<PathBuf> = files.map(DirEntry::into_path).collect();
    files.sort();
    files
}

/// The text of a file; empty if there is none.
pub fn text(file: impl AsRef<Path>) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

/// A regular expression that we wrote.
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is right: a test or each run uses it")
}

/// The last part of a path, as text.
pub fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Whether the name of a file ends with a dot and this.
pub fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}

/// The path from `root` to `file`, with `/` on every system.
pub fn relative(root: &Path, file: &Path) -> String {
    let file = file.strip_prefix(root).unwrap_or(file);
    file.to_string_lossy().replace('\\', "/")
}

/// The file that a link or an include in `folder` names, without `..` in its path.
pub fn linked(folder: &Path, link: &str) -> PathBuf {
    let mut file = folder.to_path_buf();
    for part in link.split('/') {
        match part {
            ".." => drop(file.pop()),
            "" | "." => {}
            part => file.push(part),
        }
    }
    file
}

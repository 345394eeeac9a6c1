//! Files of a workspace: finding, reading and naming them.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Folders that git does not keep.
const NOT_KEPT: [&str; 4] = ["target", "node_modules", ".git", "__pycache__"];

/// The folders directly in `folder`, sorted; none if it does not exist.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found = entries(folder);
    found.retain(|path| path.is_dir());
    found
}

/// Every file below `folder`, sorted; none if it does not exist. Skips what git does not keep.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if !path.is_dir() {
            found.push(path);
        } else if !NOT_KEPT.contains(&file_name(&path).as_str()) {
            found.append(&mut files_below(&path));
        }
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.sort();
    found
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

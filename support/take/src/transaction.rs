//! Changes several files together, or none of them.
//!
//! New texts are first written beside their places, so a full disk or a folder without permission is
//! noticed before anything has changed. What is replaced is kept under another name until the end, so
//! to restore it needs no space on the disk.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Changes that are under way. Dropping it restores what was there.
#[derive(Default)]
pub(crate) struct Transaction {
    /// New texts, not yet in place: where they are, and where they belong.
    staged: Vec<(PathBuf, PathBuf)>,
    /// Replaced files: where they are kept, and where they were.
    kept: Vec<(PathBuf, PathBuf)>,
    created: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Transaction {
    /// Writes `text` beside `path`, and makes the folders that it needs.
    pub(crate) fn stage(&mut self, path: &Path, text: &str) -> anyhow::Result<()> {
        self.make_folders(path)?;
        let beside = with_suffix(path, ".take-new");
        self.staged.push((beside.clone(), path.to_owned()));
        let written = fs::write(&beside, text).and_then(|()| match fs::metadata(path) {
            Ok(metadata) => fs::set_permissions(&beside, metadata.permissions()),
            Err(_) => Ok(()),
        });
        written.with_context(|| format!("cannot write {}", path.display()))
    }

    /// Keeps a file that something else is about to change, such as `Cargo.lock`.
    pub(crate) fn keep(&mut self, path: &Path) -> anyhow::Result<()> {
        if !path.exists() {
            self.created.push(path.to_owned()); // removed on failure, if it appears
            return Ok(());
        }
        let kept = with_suffix(path, ".take-old");
        fs::copy(path, &kept).with_context(|| format!("cannot keep {}", path.display()))?;
        self.kept.push((kept, path.to_owned()));
        Ok(())
    }

    /// Puts all that is staged in place.
    pub(crate) fn apply(&mut self) -> anyhow::Result<()> {
        // What is not in place yet stays listed, so that a failure removes it.
        while let Some((beside, path)) = self.staged.pop() {
            let moved = if path.exists() {
                let kept = with_suffix(&path, ".take-old");
                let moved = fs::rename(&path, &kept);
                if moved.is_ok() {
                    self.kept.push((kept, path.clone()));
                }
                moved
            } else {
                self.created.push(path.clone());
                Ok(())
            };
            let moved = moved.and_then(|()| fs::rename(&beside, &path));
            if moved.is_err() {
                let _ = fs::remove_file(&beside); // the error below counts
            }
            moved.with_context(|| format!("cannot replace {}", path.display()))?;
        }
        Ok(())
    }

    /// Keeps the changes.
    pub(crate) fn commit(mut self) {
        for (kept, _) in std::mem::take(&mut self.kept) {
            let _ = fs::remove_file(kept); // left over, it harms nobody
        }
        self.created.clear();
        self.folders.clear();
    }

    fn make_folders(&mut self, path: &Path) -> anyhow::Result<()> {
        let missing: Vec<&Path> = path
            .ancestors()
            .skip(1)
            .take_while(|folder| !folder.exists())
            .collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let mut failed: Vec<(PathBuf, io::Error)> = Vec::new();
        for (beside, _) in &self.staged {
            let _ = fs::remove_file(beside); // it may not have been written
        }
        for path in &self.created {
            let _ = fs::remove_file(path); // it may not have been made
        }
        for (kept, path) in self.kept.iter().rev() {
            if let Err(error) = fs::rename(kept, path) {
                failed.push((kept.clone(), error));
            }
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder); // only if it is empty
        }
        for (kept, error) in failed {
            eprintln!("take: the original is still at {}: {error}", kept.display());
        }
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.file_name().unwrap_or_default());
    name.push(suffix);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_half_way_leaves_no_trace() {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "old").expect("the folder is ours");
        let mut transaction = Transaction::default();
        for name in ["a", "b", "sub/c"] {
            transaction
                .stage(&path(name), "new")
                .expect("the folder is ours");
        }
        // The last one staged is the first to be put in place; this makes the second one fail.
        fs::remove_file(path("b.take-new")).expect("it was staged");
        transaction.apply().expect_err("a staged file is missing");
        drop(transaction);
        let left = fs::read_dir(folder.path()).expect("the folder is ours");
        let left: Vec<_> = left
            .map(|entry| entry.expect("it is listed").file_name())
            .collect();
        assert_eq!(left, ["a"]);
        assert_eq!(fs::read_to_string(path("a")).expect("it is there"), "old");
    }
}

//! Where a built book is put: never over what is not a book of ours, and in one step.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};

use walkdir::WalkDir;

use crate::files::relative;

/// A file in each built book that lists the others, one a line.
const LIST: &str = ".files-of-this-book";

/// Builds a book beside `place` with `build`, and then puts it there. A book of ours that is there
/// already is replaced whole: whoever reads it meanwhile finds one or the other.
///
/// Where `disposable`, whatever is there goes: cargo's target folder is everybody's to empty.
///
/// # Errors
/// If anything else is there, in which case nothing is touched; and what `build` returns.
pub fn put(
    place: &Path,
    disposable: bool,
    build: impl FnOnce(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<PathBuf> {
    // Through links, so that the folder is replaced and not the link to it.
    let place = fs::canonicalize(place).or_else(|_| std::path::absolute(place))?;
    let check = || match disposable {
        true => Ok(()),
        false => refuse_what_is_not_ours(&place),
    };
    check()?;
    let parent = place.parent();
    let parent = parent.with_context(|| format!("{} has no folder above it", place.display()))?;
    let made = || format!("cannot make a folder in {}", parent.display());
    fs::create_dir_all(parent).with_context(made)?;
    let aside = tempfile::Builder::new()
        .prefix(".book-")
        .tempdir_in(parent)
        .with_context(made)?;
    remove_on_signal(aside.path())?;
    let (new, old) = (aside.path().join("new"), aside.path().join("old"));
    build(&new)?;
    fs::write(new.join(LIST), files(&new)?.join("\n") + "\n")?;
    // Another process may do the same at this moment; either book will do.
    for _ in 0..10 {
        check()?;
        if fs::rename(&place, &old).is_ok() && !disposable {
            // A file may have been put there since.
            if let Err(error) = refuse_what_is_not_ours(&old) {
                fs::rename(&old, &place)?;
                return Err(error);
            }
        }
        if fs::rename(&new, &place).is_ok() {
            return Ok(place);
        }
        let _ = fs::remove_dir_all(&old);
    }
    bail!(
        "cannot put the book at {}: something else writes there",
        place.display()
    );
}

/// Removes this folder when Ctrl-C, SIGTERM or SIGHUP ends the program. A program does this once.
///
/// # Errors
/// If signals cannot be handled.
pub fn remove_on_signal(folder: &Path) -> anyhow::Result<()> {
    // nohup starts us with SIGHUP ignored, a shell its background jobs with SIGINT. A handler would
    // let them end us.
    if ignores_hangup_or_interrupt() {
        return Ok(());
    }
    let folder = folder.to_owned();
    let set = ctrlc::set_handler(move || {
        // More than once: the build goes on beside it, and may write in between.
        for _ in 0..100 {
            let _ = fs::remove_dir_all(&folder);
        }
        std::process::exit(130);
    });
    match set {
        Err(ctrlc::Error::MultipleHandlers) => Ok(()), // a test that builds several
        other => other.context("cannot handle Ctrl-C"),
    }
}

/// Whether SIGHUP or SIGINT is ignored: bits 0 and 1 of the mask that proc(5) shows.
fn ignores_hangup_or_interrupt() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 0b11 != 0)
}

/// A folder may go if it is empty, or if a book of ours is all that is in it.
fn refuse_what_is_not_ours(place: &Path) -> anyhow::Result<()> {
    if !place.exists() {
        return Ok(());
    }
    ensure!(
        place.is_dir(),
        "{} is a file, not a folder",
        place.display()
    );
    let list = fs::read_to_string(place.join(LIST)).unwrap_or_default();
    let ours: BTreeSet<&str> = list.lines().chain([LIST]).collect();
    let found = files(place).with_context(|| format!("cannot read {}", place.display()))?;
    if let Some(file) = found.iter().find(|file| !ours.contains(file.as_str())) {
        bail!(
            "{file} would be lost: it is in {}, and no book of ours put it there; \
             name a folder that is empty or does not exist",
            place.display()
        );
    }
    Ok(())
}

/// Everything below the folder that is no folder itself, by its path from there.
fn files(folder: &Path) -> walkdir::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if !entry.file_type().is_dir() {
            found.push(relative(folder, entry.path()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(folder: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(folder.join("a"))?;
        fs::write(folder.join("a/page.html"), "new")?;
        Ok(())
    }

    #[test]
    fn a_book_is_replaced_whole() {
        let above = tempfile::tempdir().unwrap();
        let place = above.path().join("some/where");
        put(&place, false, book).unwrap();
        put(&place, false, |folder| {
            fs::create_dir(folder)?;
            Ok(fs::write(folder.join("other.html"), "other")?)
        })
        .unwrap();
        assert!(place.join("other.html").exists() && !place.join("a").exists());
        let beside = fs::read_dir(place.parent().unwrap()).unwrap().count();
        assert_eq!(beside, 1, "something is left of the build");
    }

    #[test]
    fn what_is_not_ours_stays() {
        let above = tempfile::tempdir().unwrap();
        let place = above.path().join("place");
        // Not even a book of somebody else's, nor a note that was put into ours.
        for name in ["notes.txt", "toc.html", "a/page.html", LIST] {
            fs::create_dir_all(place.join("a")).unwrap();
            fs::write(place.join(name), "precious\nnotes.txt\n").unwrap();
            if name == LIST {
                fs::write(place.join("more.txt"), "precious").unwrap();
            }
            let error = put(&place, false, book).unwrap_err().to_string();
            assert!(error.contains("would be lost"), "{error}");
            assert!(place.join(name).exists());
            fs::remove_dir_all(&place).unwrap();
        }
        put(&place, false, book).unwrap();
        fs::write(place.join("a/notes.txt"), "precious").unwrap();
        assert!(put(&place, false, book).is_err());
        assert!(place.join("a/notes.txt").exists());
        put(&place, true, book).unwrap();
        assert!(!place.join("a/notes.txt").exists());
        let file = above.path().join("file");
        fs::write(&file, "precious").unwrap();
        assert!(
            put(&file, false, book)
                .unwrap_err()
                .to_string()
                .contains("is a file")
        );
    }

    #[test]
    fn what_does_not_build_leaves_the_old_one() {
        let above = tempfile::tempdir().unwrap();
        let place = above.path().join("place");
        put(&place, false, book).unwrap();
        put(&place, false, |_| bail!("no")).unwrap_err();
        assert!(place.join("a/page.html").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_stays_a_link() {
        let above = tempfile::tempdir().unwrap();
        let (real, link) = (above.path().join("real"), above.path().join("link"));
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        put(&link, false, book).unwrap();
        assert!(link.is_symlink() && real.join("a/page.html").exists());
    }
}

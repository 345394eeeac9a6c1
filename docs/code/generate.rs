//! What is generated and checked in, so that plain mdBook and GitHub show it too.

mod checked_by;
mod contents;
mod use_it;

use std::path::{Path, PathBuf};
use std::{fs, io};

pub(crate) use checked_by::names as test_names;
pub use use_it::{commands, line, program};

use crate::concept;
use crate::fault::{Fault, relative};
use crate::figures;

/// The lines around what is generated within a file that is otherwise written by hand.
const BEGIN: &str = "<!-- concepts:begin";
const END: &str = "<!-- concepts:end -->";

const FIX: &str = "cargo run -p book -- sync";

/// Every generated file with the text that it must have.
///
/// # Errors
/// What keeps it from being generated: a manifest, a header or a pair of markers.
pub fn expected(root: &Path) -> Result<Vec<(PathBuf, String)>, Vec<Fault>> {
    let (concepts, mut faults) = concept::load(root);
    let mut files = Vec::new();
    for concept in &concepts {
        let folder = root.join("docs/src/generated").join(&concept.slug);
        match use_it::use_it(root, concept) {
            Ok(text) => files.push((folder.join("use-it.md"), text)),
            Err(fault) => faults.push(fault),
        }
        for (name, text) in [
            ("source.md", use_it::source(root, concept)),
            ("checked-by.md", checked_by::checked_by(root, concept)),
        ] {
            files.push((folder.join(name), text));
        }
    }
    match figures::expected(root) {
        Ok(drawn) => files.extend(drawn),
        Err(fault) => faults.push(fault),
    }
    for (file, inner) in [
        ("docs/src/SUMMARY.md", contents::summary(root, &concepts)),
        ("README.md", contents::readme(&concepts)),
    ] {
        match between_markers(root, file, &inner) {
            Ok(text) => files.push((root.join(file), text)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(files)
    } else {
        Err(faults)
    }
}

/// Writes the generated files and removes those of concepts that are gone. Returns what changed.
///
/// # Errors
/// If a file cannot be written.
pub fn sync(root: &Path, files: &[(PathBuf, String)]) -> io::Result<Vec<String>> {
    let mut changed = Vec::new();
    for (path, text) in files {
        if fs::read_to_string(path).ok().as_ref() != Some(text) {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, text)?;
            changed.push(relative(root, path));
        }
    }
    for path in stale(root, files) {
        fs::remove_file(&path)?;
        changed.push(relative(root, &path));
    }
    Ok(changed)
}

/// A fault for each generated file that differs from what [`sync`] would write.
pub fn check(root: &Path) -> Vec<Fault> {
    let files = match expected(root) {
        Ok(files) => files,
        Err(faults) => return faults,
    };
    let differing = files
        .iter()
        .filter(|(path, text)| fs::read_to_string(path).ok().as_ref() != Some(text))
        .map(|(path, _)| {
            let what = "is generated, and is not what the manifests, snippets and figures say";
            Fault::new(root, path, what, FIX)
        });
    let stale = stale(root, &files)
        .into_iter()
        .map(|path| Fault::new(root, path, "belongs to no concept and no figure", FIX));
    differing.chain(stale).collect()
}

fn stale(root: &Path, files: &[(PathBuf, String)]) -> Vec<PathBuf> {
    let mut found = concept::files_below(&root.join("docs/src/generated"));
    found.retain(|path| files.iter().all(|(expected, _)| expected != path));
    found
}

/// The text of `file` with `inner` between its two marker lines.
fn between_markers(root: &Path, file: &str, inner: &str) -> Result<String, Fault> {
    let text = fs::read_to_string(root.join(file)).unwrap_or_default();
    let lines = |marker: &str| {
        text.match_indices(marker)
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    match (lines(BEGIN).as_slice(), lines(END).as_slice()) {
        (&[begin], &[end]) if begin < end => {
            let begin_line = text[begin..].split_inclusive('\n').next().unwrap_or("");
            Ok([&text[..begin + begin_line.len()], inner, &text[end..]].concat())
        }
        _ => {
            let what = "has not one pair of markers for the list of concepts";
            let fix = format!("put the lines `{BEGIN} -->` and `{END}` where the list belongs");
            Err(Fault::new(root, root.join(file), what, fix))
        }
    }
}

//! What is generated and checked in, so that plain mdBook and GitHub show it too.

mod checked_by;
mod contents;
mod use_it;

use std::path::{Path, PathBuf};
use std::{fs, io};

pub(crate) use checked_by::names as test_names;
pub use use_it::{line, program};

use crate::concept;
use crate::fault::{Fault, Faults};
use crate::figures;
use crate::files::{self, files_below, relative};

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
    for (path, text) in files.iter().filter(differs) {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
        changed.push(relative(root, path));
    }
    for path in stale(root, files) {
        fs::remove_file(&path)?;
        changed.push(relative(root, &path));
    }
    Ok(changed)
}

/// Adds a fault for each generated file that differs from what [`sync`] would write.
pub fn check(root: &Path, faults: &mut Faults<'_>) {
    let files = match expected(root) {
        Ok(files) => files,
        Err(found) => return faults.found.extend(found),
    };
    for (path, _) in files.iter().filter(differs) {
        let what = "is generated, and is not what the manifests, snippets and figures say";
        faults.add(path, what, FIX);
    }
    for path in stale(root, &files) {
        faults.add(path, "belongs to no concept and no figure", FIX);
    }
}

fn differs((path, text): &&(PathBuf, String)) -> bool {
    fs::read_to_string(path).ok().as_ref() != Some(text)
}

fn stale(root: &Path, files: &[(PathBuf, String)]) -> Vec<PathBuf> {
    let mut found = files_below(&root.join("docs/src/generated"));
    found.retain(|path| files.iter().all(|(expected, _)| expected != path));
    found
}

/// The text of `file` with `inner` between its two marker lines.
fn between_markers(root: &Path, file: &str, inner: &str) -> Result<String, Fault> {
    let text = files::text(root.join(file));
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| {
        let (begin, rest) = rest.split_once('\n')?;
        let (_, after) = rest.split_once(END)?;
        let once = !rest.contains(BEGIN) && !after.contains(END);
        once.then(|| format!("{before}{BEGIN}{begin}\n{inner}{END}{after}"))
    });
    parts.ok_or_else(|| {
        let what = "has not one pair of markers for the list of concepts";
        let fix = format!("put the lines `{BEGIN} -->` and `{END}` where the list belongs");
        Fault::new(root, root.join(file), what, fix)
    })
}

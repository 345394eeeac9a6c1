//! The mark in the header of what was taken, and what has changed since.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use similar::TextDiff;

use crate::concept::{Concept, IDEA, hash};
use crate::format::formatted;
use crate::project::Project;

/// What the header of a taken file says.
pub(crate) struct Mark {
    /// Of the source, as it was in this project.
    source: String,
    /// Of the file as it was written, without the line of the mark.
    written: String,
}

const BEGIN: &str = "// Taken from \"Many Things at Once\" ";

impl Mark {
    pub(crate) fn of(text: &str) -> Option<Self> {
        let line = text.lines().find_map(|line| line.strip_prefix(BEGIN))?;
        let (_, hashes) = line.split_once(": ")?;
        let (source, written) = hashes.split_once(' ')?;
        Some(Self {
            source: source.to_owned(),
            written: written.to_owned(),
        })
    }

    /// Whether the text is what was written then.
    pub(crate) fn unchanged(&self, text: &str) -> bool {
        hash(&without_mark(text)) == self.written
    }
}

fn without_mark(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with(BEGIN));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The source as it goes into a crate of its own or an example, with a mark below its first line.
pub(crate) fn marked(
    concept: &Concept,
    name: &str,
    source: &str,
    without: &[String],
    project: &Project,
) -> String {
    let written = formatted(&without_modules(source, without), project);
    mark(concept, name, source, &written)
}

fn mark(concept: &Concept, name: &str, source: &str, written: &str) -> String {
    let (first, rest) = written.split_once('\n').unwrap_or((written, ""));
    let (source, written) = (hash(source), hash(&without_mark(written)));
    let (version, slug) = (&concept.version, &concept.slug);
    format!("{first}\n{BEGIN}{version}, {slug}/{name}: {source} {written}\n{rest}")
}

/// The source as it goes into the project: its program names the module where it is then.
pub(crate) fn taken(
    concept: &Concept,
    name: &str,
    source: &str,
    without: &[String],
    project: &Project,
) -> String {
    let written = rewritten(concept, source, without, project);
    mark(concept, name, source, &written)
}

fn rewritten(concept: &Concept, source: &str, without: &[String], project: &Project) -> String {
    let source = without_modules(source, without);
    formatted(&with_path_in_library(concept, &source, project), project)
}

/// Removes the `mod` lines of the files that are left out, with the attributes and comments above.
fn without_modules(source: &str, without: &[String]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for line in source.lines() {
        let declared = module_of(line).map(|module| format!("{module}.rs"));
        if declared.is_some_and(|file| without.contains(&file)) {
            while kept.last().is_some_and(|above| belongs_below(above)) {
                kept.pop();
            }
        } else {
            kept.push(line);
        }
    }
    kept.iter().map(|line| format!("{line}\n")).collect()
}

/// The module that a line `mod …;` declares.
pub(crate) fn module_of(line: &str) -> Option<&str> {
    let line = line.split_once("mod ").filter(|(before, _)| {
        before.is_empty() || (before.starts_with("pub") && before.ends_with(' '))
    })?;
    let (module, _) = line.1.split_once([';', ' '])?;
    Some(module)
}

/// Whether the line is an attribute or a comment of the item below.
pub(crate) fn belongs_below(line: &str) -> bool {
    line.starts_with("#[") || line.starts_with("///") || line.starts_with("// ")
}

/// In a library the program in the header names the module by its path in that library.
fn with_path_in_library(concept: &Concept, source: &str, project: &Project) -> String {
    if !project.is_library {
        return source.to_owned();
    }
    let module = concept.module();
    let (here, there) = (
        format!("{module}::"),
        format!("{}::{module}::", project.crate_name()),
    );
    let mut in_program = false;
    let lines = source.lines().map(|line| {
        if line.starts_with("//! ```") {
            in_program = !in_program;
        }
        let is_program = in_program && line.starts_with("//!");
        let line = if is_program {
            line.replace(&here, &there)
        } else {
            line.to_owned()
        };
        line + "\n"
    });
    lines.collect()
}

/// Where the files of a concept go as a module: the name here, and the path there.
pub(crate) fn places(concept: &Concept, project: &Project) -> Vec<(String, PathBuf)> {
    let module = concept.module();
    let sources = project.sources();
    let place = |name: &str| match name {
        "lib.rs" if concept.files.len() == 1 => sources.join(format!("{module}.rs")),
        "lib.rs" => sources.join(&module).join("mod.rs"),
        other => sources.join(&module).join(other),
    };
    let names = concept.files.iter().map(|(name, _)| name);
    names.map(|name| (name.clone(), place(name))).collect()
}

/// Where the short version goes.
pub(crate) fn place_of_idea(concept: &Concept, project: &Project) -> PathBuf {
    let file = format!("{}.rs", concept.module());
    project.folder.join("examples").join(file)
}

/// The taken files: name, source now, text there, and its mark.
fn taken_files(
    concept: &Concept,
    project: &Project,
) -> Vec<(String, String, PathBuf, String, Mark)> {
    let mut places = places(concept, project);
    let member = project.workspace.join(&concept.slug).join("src");
    places.extend(
        concept
            .files
            .iter()
            .map(|(name, _)| (name.clone(), member.join(name))),
    );
    places.push((IDEA.to_owned(), place_of_idea(concept, project)));
    let mut found = Vec::new();
    for (name, path) in places {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let Some(mark) = Mark::of(&text) else {
            continue;
        };
        let source = concept.files.iter().find(|file| file.0 == name);
        let source = source.map_or_else(|| concept.idea.clone(), |file| file.1.clone());
        found.push((name, source, path, text, mark));
    }
    found
}

/// How a concept is in the project, in a few words; empty if it was not taken.
pub(crate) fn state(concept: &Concept, project: &Project) -> &'static str {
    let files = taken_files(concept, project);
    if files.is_empty() {
        return "";
    }
    let changed_there = files
        .iter()
        .any(|(_, _, _, text, mark)| !mark.unchanged(text));
    let changed_here = files
        .iter()
        .any(|(_, source, _, _, mark)| hash(source) != mark.source);
    match (changed_here, changed_there) {
        (false, false) => "taken",
        (true, false) => "taken, newer here",
        (false, true) => "taken, changed by you",
        (true, true) => "taken, changed on both sides",
    }
}

/// Both differences since a concept was taken, as unified diffs.
///
/// # Errors
/// If it was not taken.
pub(crate) fn diff(
    root: &std::path::Path,
    concept: &Concept,
    project: &Project,
) -> anyhow::Result<String> {
    let files = taken_files(concept, project);
    if files.is_empty() {
        anyhow::bail!("{} was not taken into {}", concept.slug, project.name);
    }
    let there = |name: &String| files.iter().any(|file| file.0 == *name);
    let names = concept.files.iter().map(|(name, _)| name.clone());
    let without: Vec<String> = names.filter(|name| !there(name)).collect();
    let mut text = String::new();
    for (name, source, path, theirs, mark) in files {
        let shown = project.shown(&path);
        let base = if hash(&source) == mark.source {
            Some(source.clone())
        } else {
            from_git(root, concept, &name, &mark.source)
        };
        let Some(base) = base else {
            text += &format!(
                "{shown}: the version that was taken is not in this checkout; compared with the present one\n"
            );
            text += &unified(
                &rewritten(concept, &source, &without, project),
                &without_mark(&theirs),
                &name,
                &shown,
            );
            continue;
        };
        let here = unified(
            &base,
            &source,
            &format!("{name} as taken"),
            &format!("{name} now"),
        );
        let as_written = if mark.unchanged(&theirs) {
            // Whatever rustfmt would make of it today.
            without_mark(&theirs)
        } else if name == IDEA || path.starts_with(project.workspace.join(&concept.slug)) {
            formatted(&without_modules(&base, &without), project)
        } else {
            rewritten(concept, &base, &without, project)
        };
        let there = unified(
            &as_written,
            &without_mark(&theirs),
            &format!("{shown} as taken"),
            &format!("{shown} now"),
        );
        text += &section(
            &format!("{name}: changed in this repository since it was taken"),
            &here,
        );
        text += &section(&format!("{shown}: changed by you"), &there);
    }
    Ok(text)
}

fn section(title: &str, diff: &str) -> String {
    if diff.is_empty() {
        format!("{title}: no\n")
    } else {
        format!("{title}:\n{diff}")
    }
}

fn unified(old: &str, new: &str, old_name: &str, new_name: &str) -> String {
    TextDiff::from_lines(old, new)
        .unified_diff()
        .header(old_name, new_name)
        .to_string()
}

/// The version of a file with this hash, from the history of this checkout.
fn from_git(root: &std::path::Path, concept: &Concept, name: &str, wanted: &str) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(root)
            .output()
            .ok()?;
        output.status.success().then_some(output.stdout)
    };
    let path = concept.path_of(name);
    let path = path
        .strip_prefix(root)
        .ok()?
        .to_string_lossy()
        .replace('\\', "/");
    let commits = git(&["log", "--format=%H", "--max-count=500", "--", &path])?;
    String::from_utf8_lossy(&commits)
        .lines()
        .find_map(|commit| {
            let text = git(&["show", &format!("{commit}:{path}")])?;
            let text = String::from_utf8(text).ok()?;
            (hash(&text) == wanted).then_some(text)
        })
}

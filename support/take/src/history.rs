//! The text of a taken file with the mark in its header, and what has changed since.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use similar::TextDiff;

use crate::concept::{Concept, IDEA, hash};
use crate::format::formatted;
use crate::project::Project;

/// In which form a concept is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Module,
    /// A member of the workspace.
    Crate,
    /// The short version, as an example program.
    Idea,
}

impl Form {
    pub(crate) const ALL: [Self; 3] = [Self::Module, Self::Crate, Self::Idea];
}

/// What is taken, and where it goes.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) concept: &'a Concept,
    pub(crate) project: &'a Project,
    pub(crate) form: Form,
    /// The files of the concept that are left out.
    pub(crate) without: &'a [String],
}

impl Request<'_> {
    /// The files that are taken: the name here, and the path there.
    pub(crate) fn places(&self) -> Vec<(String, PathBuf)> {
        let module = self.concept.module();
        if self.form == Form::Idea {
            let examples = self.project.folder.join("examples");
            return vec![(IDEA.to_owned(), examples.join(format!("{module}.rs")))];
        }
        let sources = self.project.sources();
        let member = self.project.workspace.join(&self.concept.slug);
        let place = |name: &str| match name {
            _ if self.form == Form::Crate => member.join("src").join(name),
            "lib.rs" if self.concept.files.len() == 1 => sources.join(format!("{module}.rs")),
            "lib.rs" => sources.join(&module).join("mod.rs"),
            other => sources.join(&module).join(other),
        };
        let names = self.concept.files.iter().map(|(name, _)| name);
        names
            .filter(|name| !self.without.contains(name))
            .map(|name| (name.clone(), place(name)))
            .collect()
    }

    /// A file of the concept as it goes into the project, with a mark below its first line.
    pub(crate) fn taken(&self, name: &str) -> String {
        let source = self.concept.source(name);
        let text = self.adapted(source);
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let (source, written) = (hash(source), hash(&without_mark(&text)));
        let (version, slug) = (&self.concept.version, &self.concept.slug);
        format!("{first}\n{BEGIN}{version}, {slug}/{name}: {source} {written}\n{rest}")
    }

    /// The source as the project needs it: its program names the module where it is then.
    fn adapted(&self, source: &str) -> String {
        let mut text = without_modules(source, self.without);
        if self.form == Form::Module && self.project.is_library {
            text = with_path_in_library(&text, &self.concept.module(), self.project);
        }
        formatted(&text, self.project)
    }

    /// The files of this form that the project has.
    fn found(&self) -> Vec<TakenFile> {
        let found = self.places().into_iter().filter_map(|(name, path)| {
            let text = fs::read_to_string(&path).ok()?;
            let mark = Mark::of(&text)?;
            Some(TakenFile {
                name,
                path,
                text,
                mark,
            })
        });
        found.collect()
    }
}

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
    let (visibility, rest) = line.split_once("mod ")?;
    let at_start = visibility.is_empty();
    let public = visibility.starts_with("pub") && visibility.ends_with(' ');
    let (module, _) = rest.split_once([';', ' '])?;
    (at_start || public).then_some(module)
}

/// Whether the line is an attribute or a comment of the item below.
pub(crate) fn belongs_below(line: &str) -> bool {
    line.starts_with("#[") || line.starts_with("///") || line.starts_with("// ")
}

/// In a library the program in the header names the module by its path in that library.
fn with_path_in_library(source: &str, module: &str, project: &Project) -> String {
    let here = format!("{module}::");
    let there = format!("{}::{module}::", project.crate_name());
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

/// A file that a project has taken.
struct TakenFile {
    /// The name here.
    name: String,
    path: PathBuf,
    text: String,
    mark: Mark,
}

/// How a concept is in the project, in a few words; empty if it was not taken.
pub(crate) fn state(concept: &Concept, project: &Project) -> &'static str {
    let found = |form| request(concept, project, form).found();
    let files: Vec<TakenFile> = Form::ALL.into_iter().flat_map(found).collect();
    let changed_here = |file: &TakenFile| hash(concept.source(&file.name)) != file.mark.source;
    let changed_there = |file: &TakenFile| !file.mark.unchanged(&file.text);
    match (
        files.iter().any(changed_here),
        files.iter().any(changed_there),
    ) {
        _ if files.is_empty() => "",
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
pub(crate) fn diff(root: &Path, concept: &Concept, project: &Project) -> anyhow::Result<String> {
    let mut text = String::new();
    for form in Form::ALL {
        let all = request(concept, project, form);
        let files = all.found();
        let there = |name: &String| files.iter().any(|file| file.name == *name);
        let names = all.places().into_iter().map(|(name, _)| name);
        let without: Vec<String> = names.filter(|name| !there(name)).collect();
        let taken = Request {
            without: &without,
            ..all
        };
        for file in &files {
            text += &diff_of_file(root, &taken, file);
        }
    }
    if text.is_empty() {
        anyhow::bail!("{} was not taken into {}", concept.slug, project.name);
    }
    Ok(text)
}

/// All files of a concept in this form.
fn request<'a>(concept: &'a Concept, project: &'a Project, form: Form) -> Request<'a> {
    Request {
        concept,
        project,
        form,
        without: &[],
    }
}

fn diff_of_file(root: &Path, taken: &Request<'_>, file: &TakenFile) -> String {
    let name = &file.name;
    let shown = taken.project.shown(&file.path);
    let source = taken.concept.source(name);
    let theirs = without_mark(&file.text);
    let base = if hash(source) == file.mark.source {
        Some(source.to_owned())
    } else {
        from_git(root, taken.concept, name, &file.mark.source)
    };
    let Some(base) = base else {
        let diff = unified(&taken.adapted(source), &theirs, name, &shown);
        return format!(
            "{shown}: the version that was taken is not in this checkout; compared with the present one\n{diff}"
        );
    };
    let as_written = if file.mark.unchanged(&file.text) {
        // Whatever rustfmt would make of it today.
        theirs.clone()
    } else {
        taken.adapted(&base)
    };
    let changed_here = format!("{name}: changed in this repository since it was taken");
    let changed_there = format!("{shown}: changed by you");
    section(&changed_here, &base, source, name)
        + &section(&changed_there, &as_written, &theirs, &shown)
}

fn section(title: &str, as_taken: &str, now: &str, name: &str) -> String {
    if as_taken == now {
        return format!("{title}: no\n");
    }
    let diff = unified(
        as_taken,
        now,
        &format!("{name} as taken"),
        &format!("{name} now"),
    );
    format!("{title}:\n{diff}")
}

fn unified(old: &str, new: &str, old_name: &str, new_name: &str) -> String {
    TextDiff::from_lines(old, new)
        .unified_diff()
        .header(old_name, new_name)
        .to_string()
}

/// The version of a file with this hash, from the history of this checkout.
fn from_git(root: &Path, concept: &Concept, name: &str, wanted: &str) -> Option<String> {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        let output = git.args(arguments).current_dir(root).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then_some(text)
    };
    let path = concept.path_of(name);
    let path = path.strip_prefix(root).ok()?.to_string_lossy();
    let path = path.replace('\\', "/");
    git(&["log", "--format=%H", "--max-count=500", "--", &path])?
        .lines()
        .filter_map(|commit| git(&["show", &format!("{commit}:{path}")]))
        .find(|text| hash(text) == wanted)
}

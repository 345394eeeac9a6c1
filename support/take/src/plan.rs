//! What taking a concept changes: worked out and shown whole before anything is changed.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use toml_edit::{Array, DocumentMut, Item, Value};

use crate::concept::{Concept, Dependency};
use crate::project::Project;
use crate::transaction::Transaction;
use crate::{begin_to_change, check, dependencies, history, not_interrupted};

/// In which form a concept is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Module,
    /// A member of the workspace.
    Crate,
    /// The short version, as an example program.
    Idea,
}

pub(crate) struct Plan {
    slug: String,
    /// What names the documentation tests of the module.
    module: String,
    next: String,
    /// Files with their new text.
    files: Vec<(PathBuf, String)>,
    /// Lines for the reader: a change of a manifest or of a root file each.
    notes: Vec<String>,
    shown: Vec<String>,
    doctests: bool,
}

impl Plan {
    /// # Errors
    /// If something is in the way, with what and why.
    pub(crate) fn make(
        concept: &Concept,
        project: &Project,
        form: Form,
        without: &[String],
    ) -> anyhow::Result<Self> {
        let known = |file: &String| concept.files.iter().any(|(name, _)| name == file);
        if let Some(file) = without
            .iter()
            .find(|file| *file == "lib.rs" || !known(file))
        {
            let names: Vec<&str> = concept
                .files
                .iter()
                .map(|file| file.0.as_str())
                .skip(1)
                .collect();
            bail!(
                "--without {file}: what can be left out is {}",
                names.join(", ")
            );
        }
        if project.edition == "2015" {
            bail!(
                "{} uses edition 2015, which has no async; the code needs 2021 or later",
                project.name
            );
        }
        let mut plan = Self {
            slug: concept.slug.clone(),
            module: concept.module(),
            next: String::new(),
            files: Vec::new(),
            notes: Vec::new(),
            shown: Vec::new(),
            doctests: project.is_library && form == Form::Module,
        };
        match form {
            Form::Module => plan.module(concept, project, without)?,
            Form::Crate => plan.member(concept, project, without)?,
            Form::Idea => plan.idea(concept, project)?,
        }
        if let Some(sentence) = &concept.after_take {
            plan.next = format!("{} {sentence}", plan.next);
        }
        plan.files
            .retain(|(path, text)| fs::read_to_string(path).ok().as_ref() != Some(text));
        plan.shown = plan
            .files
            .iter()
            .map(|(path, _)| project.shown(path))
            .collect();
        Ok(plan)
    }

    fn module(
        &mut self,
        concept: &Concept,
        project: &Project,
        without: &[String],
    ) -> anyhow::Result<()> {
        let module = concept.module();
        let files = history::places(concept, project);
        let other = [
            project.sources().join(format!("{module}.rs")),
            project.sources().join(&module),
        ];
        for path in other.iter().filter(|path| path.exists()) {
            if !files
                .iter()
                .any(|(_, file)| file == path || file.starts_with(path))
            {
                bail!(
                    "{} exists already and is something else",
                    project.shown(path)
                );
            }
        }
        for (name, path) in files {
            if without.contains(&name) {
                continue;
            }
            self.refuse_changed(&path, project)?;
            let text = text_of(concept, &name);
            self.files
                .push((path, history::taken(concept, &name, text, project)));
        }
        self.declare(&module, project)?;
        self.add_dependencies(project, "dependencies", &concept.dependencies)?;
        self.next = format!(
            "Use it with `use {}{module}::…;`.",
            if project.is_library { "crate::" } else { "" }
        );
        Ok(())
    }

    /// Adds `mod …;` to the root module, before its first item.
    fn declare(&mut self, module: &str, project: &Project) -> anyhow::Result<()> {
        let root = &project.root_file;
        let text = fs::read_to_string(root)
            .with_context(|| format!("cannot read {}", project.shown(root)))?;
        let line = if project.is_library {
            format!("pub mod {module};")
        } else {
            format!("mod {module};")
        };
        let names_it = |declared: &str| {
            let declared = declared
                .trim()
                .trim_start_matches("pub ")
                .trim_start_matches("pub(crate) ");
            declared == format!("mod {module};") || declared.starts_with(&format!("mod {module} "))
        };
        if text.lines().any(names_it) {
            return Ok(());
        }
        self.notes.push(format!("{}: {line}", project.shown(root)));
        self.files.push((root.clone(), insert_line(&text, &line)));
        Ok(())
    }

    fn member(
        &mut self,
        concept: &Concept,
        project: &Project,
        without: &[String],
    ) -> anyhow::Result<()> {
        let folder = project.workspace.join(&concept.slug);
        for (name, text) in &concept.files {
            if !without.contains(name) {
                let path = folder.join("src").join(name);
                self.refuse_changed(&path, project)?;
                self.files
                    .push((path, history::marked(concept, name, text)));
            }
        }
        let manifest = folder.join("Cargo.toml");
        if folder.exists() && !manifest.exists() {
            bail!(
                "{} exists already and is something else",
                project.shown(&folder)
            );
        }
        let mut own = DocumentMut::new();
        own["package"]["name"] = toml_edit::value(&concept.slug);
        own["package"]["version"] = toml_edit::value("0.1.0");
        own["package"]["edition"] = toml_edit::value(if project.edition == "2018" {
            "2021"
        } else {
            &project.edition
        });
        own["package"]["publish"] = toml_edit::value(false);
        own["dependencies"] = toml_edit::table();
        for dependency in &concept.dependencies {
            own["dependencies"][&dependency.name] =
                Item::Value(dependencies::new_entry(dependency));
        }
        self.files
            .push((manifest, own.to_string().trim_start().to_owned()));

        let root = project.workspace.join("Cargo.toml");
        let mut workspace = read_manifest(&root)?;
        let members = &mut workspace["workspace"]["members"];
        if members.is_none() {
            *members = Item::Value(Value::Array(Array::new()));
        }
        let members = members
            .as_array_mut()
            .context("the workspace's members are no list")?;
        let listed = |member: &Value| {
            let pattern = member.as_str().unwrap_or_default();
            pattern == concept.slug || pattern == "*"
        };
        if !members.iter().any(listed) {
            members.push(&concept.slug);
            self.notes
                .push(format!("Cargo.toml: workspace member {}", concept.slug));
        }
        let own_root = root == project.manifest;
        let mut manifest = if own_root {
            workspace.clone()
        } else {
            read_manifest(&project.manifest)?
        };
        let up = project
            .folder
            .strip_prefix(&project.workspace)
            .map_or(0, |below| below.components().count());
        let path = format!("{}{}", "../".repeat(up), concept.slug);
        if manifest
            .get("dependencies")
            .and_then(|table| table.get(&concept.slug))
            .is_none()
        {
            let mut entry = toml_edit::InlineTable::new();
            entry.insert("path", path.into());
            let table = manifest
                .entry("dependencies")
                .or_insert_with(toml_edit::table);
            table[&concept.slug] = Item::Value(Value::InlineTable(entry));
            self.notes.push(format!(
                "{}: {} by path",
                project.shown(&project.manifest),
                concept.slug
            ));
        }
        if !own_root {
            self.files.push((root, workspace.to_string()));
        }
        self.files
            .push((project.manifest.clone(), manifest.to_string()));
        self.next = format!("Use it with `use {}::…;`.", concept.module());
        Ok(())
    }

    fn idea(&mut self, concept: &Concept, project: &Project) -> anyhow::Result<()> {
        let path = project
            .folder
            .join("examples")
            .join(format!("{}.rs", concept.module()));
        self.refuse_changed(&path, project)?;
        self.files
            .push((path, history::marked(concept, "idea.rs", &concept.idea)));
        let used: Vec<Dependency> = concept
            .dependencies
            .iter()
            .filter(|dependency| concept.idea.contains(&dependency.name.replace('-', "_")))
            .cloned()
            .collect();
        self.add_dependencies(project, "dev-dependencies", &used)?;
        self.next = format!("Run it with `cargo run --example {}`.", concept.module());
        Ok(())
    }

    fn add_dependencies(
        &mut self,
        project: &Project,
        table: &str,
        needed: &[Dependency],
    ) -> anyhow::Result<()> {
        if needed.is_empty() {
            return Ok(());
        }
        let mut manifest = read_manifest(&project.manifest)?;
        let workspace = read_manifest(&project.workspace.join("Cargo.toml"))?;
        let changes = dependencies::add(&mut manifest, table, Some(&workspace), needed)?;
        if changes.is_empty() {
            return Ok(());
        }
        let shown = project.shown(&project.manifest);
        self.notes.extend(
            changes
                .into_iter()
                .map(|change| format!("{shown}: {change}")),
        );
        self.files
            .push((project.manifest.clone(), manifest.to_string()));
        Ok(())
    }

    /// A file that was taken before may be replaced, as long as nobody has changed it.
    fn refuse_changed(&self, path: &PathBuf, project: &Project) -> anyhow::Result<()> {
        let Ok(text) = fs::read_to_string(path) else {
            return Ok(());
        };
        let shown = project.shown(path);
        match history::Mark::of(&text) {
            None => bail!("{shown} exists already and is something else"),
            Some(mark) if mark.unchanged(&text) => Ok(()),
            Some(_) => bail!(
                "{shown} was changed since it was taken; see `take diff {}`",
                self.slug
            ),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What the reader does next.
    pub(crate) fn next(&self) -> &str {
        &self.next
    }

    /// Makes the changes, if the project builds before, and keeps them, if it builds after.
    ///
    /// # Errors
    /// If it does not; then everything is as it was.
    pub(crate) fn carry_out(&self, project: &Project) -> anyhow::Result<()> {
        begin_to_change();
        // Cargo writes the lock file already when it checks.
        let mut transaction = Transaction::default();
        transaction.keep(&project.workspace.join("Cargo.lock"))?;
        check::compiles(project).context("the project does not compile as it is")?;
        not_interrupted()?;
        for (path, text) in &self.files {
            transaction.stage(path, text)?;
        }
        transaction.apply()?;
        not_interrupted()?;
        check::compiles(project)
            .context("the project would not compile any more; nothing was changed")?;
        if self.doctests {
            not_interrupted()?;
            check::doctests(project, &self.module)
                .context("documentation tests would fail; nothing was changed")?;
        }
        not_interrupted()?;
        transaction.commit();
        Ok(())
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for shown in &self.shown {
            writeln!(formatter, "  writes  {shown}")?;
        }
        for note in &self.notes {
            writeln!(formatter, "  adds    {note}")?;
        }
        Ok(())
    }
}

fn text_of<'a>(concept: &'a Concept, name: &str) -> &'a str {
    let file = concept.files.iter().find(|file| file.0 == name);
    file.map_or("", |file| file.1.as_str())
}

fn read_manifest(path: &PathBuf) -> anyhow::Result<DocumentMut> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse()
        .with_context(|| format!("cannot read {}", path.display()))
}

/// Puts a line before the first `mod` or `use`, or after the comments and attributes at the top.
fn insert_line(text: &str, line: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_head = |line: &&str| {
        line.is_empty()
            || line.starts_with("//!")
            || line.starts_with("#![")
            || line.starts_with("// ")
    };
    let first = lines
        .iter()
        .position(|line| line.starts_with("mod ") || line.starts_with("pub mod "));
    let (at, gap) = match first {
        Some(at) => (at, false),
        None => (lines.iter().take_while(|line| is_head(line)).count(), true),
    };
    let mut all: Vec<&str> = lines[..at].to_vec();
    all.push(line);
    if gap && at < lines.len() {
        all.push("");
    }
    all.extend(&lines[at..]);
    all.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_below_the_head_and_above_other_modules() {
        assert_eq!(
            insert_line("fn main() {}\n", "mod a;"),
            "mod a;\n\nfn main() {}\n"
        );
        assert_eq!(
            insert_line("//! Doc.\n#![deny(x)]\n\nuse b::c;\n", "mod a;"),
            "//! Doc.\n#![deny(x)]\n\nmod a;\n\nuse b::c;\n"
        );
        assert_eq!(
            insert_line("use b::c;\nmod d;\n", "mod a;"),
            "use b::c;\nmod a;\nmod d;\n"
        );
        assert_eq!(insert_line("", "mod a;"), "mod a;\n");
    }
}

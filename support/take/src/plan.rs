//! What taking a concept changes: worked out and shown whole before anything is changed.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use toml_edit::{Array, DocumentMut, Item, Value};

use crate::concept::{Concept, Dependency, IDEA};
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
        let show = |(path, _): &(PathBuf, String)| {
            let verb = if path.exists() { "changes" } else { "writes " };
            format!("{verb} {}", project.shown(path))
        };
        plan.shown = plan.files.iter().map(show).collect();
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
                .push((path, history::taken(concept, &name, text, without, project)));
        }
        self.declare(&module, project)?;
        self.add_dependencies(project, "dependencies", &concept.needed(without))?;
        self.next = format!(
            "Use it with `use {}{module}::…;`.",
            if project.is_library { "crate::" } else { "" }
        );
        Ok(())
    }

    /// Adds `mod …;` to the root module, before its first item. A program rarely uses every item,
    /// so that warnings about the others are switched off; in a library they are public.
    fn declare(&mut self, module: &str, project: &Project) -> anyhow::Result<()> {
        let root = &project.root_file;
        let text = fs::read_to_string(root)
            .with_context(|| format!("cannot read {}", project.shown(root)))?;
        let is_it = |line: &&str| history::module_of(line) == Some(module);
        if let Some(line) = text.lines().find(is_it) {
            if !line.contains(';') {
                bail!("{} has a module {module} of its own", project.shown(root));
            }
            return Ok(());
        }
        let lines = if project.is_library {
            vec![format!("pub mod {module};")]
        } else {
            let allow = "#[allow(dead_code, unused_imports)] // what this program does not use";
            vec![allow.to_owned(), format!("mod {module};")]
        };
        let shown = project.shown(root);
        self.notes
            .extend(lines.iter().map(|line| format!("{shown}: {line}")));
        self.files
            .push((root.clone(), insert_module(&text, module, &lines)));
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
                    .push((path, history::marked(concept, name, text, without, project)));
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
        own["package"] = toml_edit::table();
        own["package"]["name"] = toml_edit::value(&concept.slug);
        own["package"]["version"] = toml_edit::value("0.1.0");
        own["package"]["edition"] = toml_edit::value(if project.edition == "2018" {
            "2021"
        } else {
            &project.edition
        });
        own["package"]["publish"] = toml_edit::value(false);
        let needed = concept.needed(without);
        dependencies::add(&mut own, "dependencies", None, &needed)?;
        self.files
            .push((manifest, own.to_string().trim_start().to_owned()));

        let root = project.workspace.join("Cargo.toml");
        let mut workspace = read_manifest(&root)?;
        workspace
            .entry("workspace")
            .or_insert_with(toml_edit::table);
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
            let entry = Item::Value(Value::InlineTable(entry));
            dependencies::insert(table, &concept.slug, entry);
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
        let path = history::place_of_idea(concept, project);
        self.refuse_changed(&path, project)?;
        self.files.push((
            path,
            history::marked(concept, IDEA, &concept.idea, &[], project),
        ));
        let used = concept.mentioned_in(&[&concept.idea]);
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
            writeln!(formatter, "  {shown}")?;
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

/// Puts the lines of a module in alphabetical order among the first modules of the file, as rustfmt
/// does. If there is none, they go after the comments and attributes at the top.
fn insert_module(text: &str, module: &str, declaration: &[String]) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_head = |line: &&str| {
        line.is_empty()
            || line.starts_with("//!")
            || line.starts_with("#![")
            || line.starts_with("// ")
    };
    // A module in the file itself, such as `mod tests {`, has no semicolon in its line.
    let mut declared = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.contains(';'))
        .filter_map(|(at, line)| Some((at, history::module_of(line)?)));
    let mut group: Vec<(usize, &str)> = declared.next().into_iter().collect();
    for (at, name) in declared {
        let last = group.last().map_or(0, |last| last.0);
        let mut between = lines[last + 1..at].iter();
        if !between.all(|line| history::belongs_below(line)) {
            break;
        }
        group.push((at, name));
    }
    let at = match (group.iter().find(|(_, name)| *name > module), group.last()) {
        (Some(&(at, _)), _) => {
            let above = lines[..at].iter().rev();
            at - above
                .take_while(|line| history::belongs_below(line))
                .count()
        }
        (None, Some(&(at, _))) => at + 1,
        (None, None) => lines.iter().take_while(|line| is_head(line)).count(),
    };
    let gap = group.is_empty();
    let mut all: Vec<&str> = lines[..at].to_vec();
    all.extend(declaration.iter().map(String::as_str));
    if gap && at < lines.len() {
        all.push("");
    }
    all.extend(&lines[at..]);
    all.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inserted(text: &str, module: &str) -> String {
        insert_module(text, module, &[format!("mod {module};")])
    }

    #[test]
    fn the_line_goes_below_the_head_and_among_other_modules() {
        assert_eq!(inserted("fn main() {}\n", "a"), "mod a;\n\nfn main() {}\n");
        assert_eq!(
            inserted("//! Doc.\n#![deny(x)]\n\nuse b::c;\n", "a"),
            "//! Doc.\n#![deny(x)]\n\nmod a;\n\nuse b::c;\n"
        );
        assert_eq!(
            inserted("use b::c;\nmod d;\n", "a"),
            "use b::c;\nmod a;\nmod d;\n"
        );
        assert_eq!(inserted("", "a"), "mod a;\n");
    }

    #[test]
    fn modules_stay_in_alphabetical_order() {
        let two = "mod b;\npub mod d;\n\nmod f;\n\nfn main() {}\n";
        let rest = "\nmod f;\n\nfn main() {}\n";
        assert_eq!(
            inserted(two, "a"),
            format!("mod a;\nmod b;\npub mod d;\n{rest}")
        );
        assert_eq!(
            inserted(two, "c"),
            format!("mod b;\nmod c;\npub mod d;\n{rest}")
        );
        assert_eq!(
            inserted(two, "e"),
            format!("mod b;\npub mod d;\nmod e;\n{rest}")
        );
    }

    #[test]
    fn attributes_and_comments_stay_with_their_module() {
        assert_eq!(
            inserted(
                "#[cfg(unix)]\nmod b;\n/// Doc.\n#[cfg(unix)]\nmod d;\n",
                "c"
            ),
            "#[cfg(unix)]\nmod b;\nmod c;\n/// Doc.\n#[cfg(unix)]\nmod d;\n"
        );
        assert_eq!(
            inserted("fn f() {}\n\n#[cfg(test)]\nmod tests {\n}\n", "z"),
            "mod z;\n\nfn f() {}\n\n#[cfg(test)]\nmod tests {\n}\n"
        );
    }
}

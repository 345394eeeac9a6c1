//! What taking a concept changes: worked out and shown whole before anything is changed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use toml_edit::{Array, DocumentMut, Item, Value};

use crate::concept::Dependency;
use crate::history::{Form, Request};
use crate::project::Project;
use crate::transaction::Transaction;
use crate::{begin_to_change, check, dependencies, history, not_interrupted};

pub(crate) struct Plan<'a> {
    request: Request<'a>,
    /// What the reader does next.
    next: String,
    /// Files with their new text.
    files: Vec<(PathBuf, String)>,
    /// What is added to a manifest or to a root file, one line each.
    notes: Vec<String>,
}

impl<'a> Plan<'a> {
    /// # Errors
    /// If something is in the way, with what and why.
    pub(crate) fn make(request: Request<'a>) -> anyhow::Result<Self> {
        let Request {
            concept,
            project,
            without,
            ..
        } = request;
        let names = concept.files.iter().map(|(name, _)| name.as_str());
        let optional: Vec<&str> = names.filter(|name| *name != "lib.rs").collect();
        if let Some(file) = without
            .iter()
            .find(|file| !optional.contains(&file.as_str()))
        {
            let optional = optional.join(", ");
            bail!("--without {file}: what can be left out is {optional}");
        }
        if project.edition == "2015" {
            let name = &project.name;
            bail!("{name} uses edition 2015, which has no async; the code needs 2021 or later");
        }
        let mut plan = Self {
            request,
            next: String::new(),
            files: Vec::new(),
            notes: Vec::new(),
        };
        for (name, path) in request.places() {
            plan.refuse_changed(&path)?;
            plan.files.push((path, request.taken(&name)));
        }
        let module = concept.module();
        plan.next = match request.form {
            Form::Module => {
                plan.declare(&module)?;
                plan.add_dependencies("dependencies", &concept.needed(without))?;
                let prefix = if project.is_library { "crate::" } else { "" };
                format!("Use it with `use {prefix}{module}::…;`.")
            }
            Form::Crate => {
                plan.add_member()?;
                format!("Use it with `use {module}::…;`.")
            }
            Form::Idea => {
                let used = concept.mentioned_in(&[&concept.idea]);
                plan.add_dependencies("dev-dependencies", &used)?;
                format!("Run it with `cargo run --example {module}`.")
            }
        };
        if let Some(sentence) = &concept.after_take {
            plan.next = format!("{} {sentence}", plan.next);
        }
        plan.files
            .retain(|(path, text)| fs::read_to_string(path).ok().as_ref() != Some(text));
        Ok(plan)
    }

    /// Adds `mod …;` to the root module, before its first item. A program rarely uses every item,
    /// so that warnings about the others are switched off; in a library they are public.
    fn declare(&mut self, module: &str) -> anyhow::Result<()> {
        let project = self.request.project;
        // The module may exist in the other place: as a file instead of a folder, or the reverse.
        let file = project.sources().join(format!("{module}.rs"));
        let folder = project.sources().join(module);
        for other in [file, folder].iter().filter(|path| path.exists()) {
            if !self.files.iter().any(|(path, _)| path.starts_with(other)) {
                bail!(something_else(project, other));
            }
        }
        let root = &project.root_file;
        let shown = project.shown(root);
        let text = fs::read_to_string(root).with_context(|| format!("cannot read {shown}"))?;
        let is_it = |line: &&str| history::module_of(line) == Some(module);
        if let Some(line) = text.lines().find(is_it) {
            if !line.contains(';') {
                bail!("{shown} has a module {module} of its own");
            }
            return Ok(());
        }
        let lines = if project.is_library {
            vec![format!("pub mod {module};")]
        } else {
            let allow = "#[allow(dead_code, unused_imports)] // what this program does not use";
            vec![allow.to_owned(), format!("mod {module};")]
        };
        for line in &lines {
            self.notes.push(format!("{shown}: {line}"));
        }
        self.files
            .push((root.clone(), insert_module(&text, module, &lines)));
        Ok(())
    }

    /// Adds a manifest for the new crate, names it in the workspace, and makes the package use it.
    fn add_member(&mut self) -> anyhow::Result<()> {
        let Request {
            concept, project, ..
        } = self.request;
        let slug = &concept.slug;
        let folder = project.workspace.join(slug);
        let manifest = folder.join("Cargo.toml");
        if folder.exists() && !manifest.exists() {
            bail!(something_else(project, &folder));
        }
        let mut own = DocumentMut::new();
        let edition = match project.edition.as_str() {
            "2018" => "2021",
            other => other,
        };
        own["package"] = toml_edit::table();
        own["package"]["name"] = toml_edit::value(slug);
        own["package"]["version"] = toml_edit::value("0.1.0");
        own["package"]["edition"] = toml_edit::value(edition);
        own["package"]["publish"] = toml_edit::value(false);
        let needed = concept.needed(self.request.without);
        dependencies::add(&mut own, "dependencies", None, &needed)?;
        let text = own.to_string().trim_start().to_owned();
        self.files.push((manifest, text));

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
        let listed =
            |member: &Value| matches!(member.as_str(), Some(name) if name == slug || name == "*");
        if !members.iter().any(listed) {
            members.push(slug);
            self.notes
                .push(format!("Cargo.toml: workspace member {slug}"));
        }
        let mut manifest = if root == project.manifest {
            workspace
        } else {
            self.files.push((root, workspace.to_string()));
            read_manifest(&project.manifest)?
        };
        let dependencies = manifest
            .entry("dependencies")
            .or_insert_with(toml_edit::table);
        if dependencies.get(slug).is_none() {
            let below = project.folder.strip_prefix(&project.workspace)?;
            let up = "../".repeat(below.components().count());
            let mut entry = toml_edit::InlineTable::new();
            entry.insert("path", format!("{up}{slug}").into());
            dependencies::insert(dependencies, slug, Item::Value(entry.into()));
            let shown = project.shown(&project.manifest);
            self.notes.push(format!("{shown}: {slug} by path"));
        }
        self.files
            .push((project.manifest.clone(), manifest.to_string()));
        Ok(())
    }

    fn add_dependencies(&mut self, table: &str, needed: &[Dependency]) -> anyhow::Result<()> {
        let project = self.request.project;
        let mut manifest = read_manifest(&project.manifest)?;
        let workspace = read_manifest(&project.workspace.join("Cargo.toml"))?;
        let shown = project.shown(&project.manifest);
        for change in dependencies::add(&mut manifest, table, Some(&workspace), needed)? {
            self.notes.push(format!("{shown}: {change}"));
        }
        self.files
            .push((project.manifest.clone(), manifest.to_string()));
        Ok(())
    }

    /// A file that was taken before may be replaced, as long as nobody has changed it.
    fn refuse_changed(&self, path: &Path) -> anyhow::Result<()> {
        let Ok(text) = fs::read_to_string(path) else {
            return Ok(());
        };
        let Request {
            concept, project, ..
        } = self.request;
        match history::Mark::of(&text) {
            None => bail!(something_else(project, path)),
            Some(mark) if mark.unchanged(&text) => Ok(()),
            Some(_) => bail!(
                "{} was changed since it was taken; see `take diff {}`",
                project.shown(path),
                concept.slug
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
    pub(crate) fn carry_out(&self) -> anyhow::Result<()> {
        let Request {
            concept, project, ..
        } = self.request;
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
        if project.is_library && self.request.form == Form::Module {
            not_interrupted()?;
            check::doctests(project, &concept.module())
                .context("documentation tests would fail; nothing was changed")?;
        }
        not_interrupted()?;
        transaction.commit();
        Ok(())
    }
}

impl fmt::Display for Plan<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, _) in &self.files {
            let verb = if path.exists() { "changes" } else { "writes " };
            writeln!(formatter, "  {verb} {}", self.request.project.shown(path))?;
        }
        for note in &self.notes {
            writeln!(formatter, "  adds    {note}")?;
        }
        Ok(())
    }
}

fn something_else(project: &Project, path: &Path) -> String {
    format!(
        "{} exists already and is something else",
        project.shown(path)
    )
}

fn read_manifest(path: &Path) -> anyhow::Result<DocumentMut> {
    let text = fs::read_to_string(path).map_err(anyhow::Error::from);
    text.and_then(|text| Ok(text.parse()?))
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
    use crate::concept::{self, Concept};

    /// The line goes below the head and among other modules in alphabetical order, and attributes
    /// and comments stay with their module.
    #[test]
    fn the_line_of_a_module_goes_where_rustfmt_leaves_it() {
        // `@` is where the line is added, and `|` where an empty line is.
        let cases = [
            ("a", "@"),
            ("a", "@|fn main() {}\n"),
            ("a", "//! Doc.\n#![deny(x)]\n\n@|use b::c;\n"),
            ("a", "use b::c;\n@mod d;\n"),
            ("a", "@mod b;\npub mod d;\n\nmod f;\n\nfn main() {}\n"),
            ("c", "mod b;\n@pub mod d;\n\nmod f;\n\nfn main() {}\n"),
            ("e", "mod b;\npub mod d;\n@\nmod f;\n\nfn main() {}\n"),
            (
                "c",
                "#[cfg(unix)]\nmod b;\n@/// Doc.\n#[cfg(unix)]\nmod d;\n",
            ),
            ("z", "@|fn f() {}\n\n#[cfg(test)]\nmod tests {\n}\n"),
        ];
        for (module, text) in cases {
            let line = format!("mod {module};");
            let before = text.replace(['@', '|'], "");
            let after = text.replace('@', &format!("{line}\n")).replace('|', "\n");
            assert_eq!(insert_module(&before, module, &[line]), after);
        }
    }

    /// Plans every concept in these forms, for a package with this root file.
    fn plan_every_concept(root_file: &str, forms: &[Form]) {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("the folder is ours");
            fs::write(path, text).expect("the folder is ours");
        };
        let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
        write("Cargo.toml", manifest);
        write(root_file, "fn main() {}\n");
        let project = Project::find(folder.path(), None).expect("it is a package");
        let concepts = Concept::all(&concept::root()).expect("they can be read");
        assert!(concepts.len() >= 28, "{} concepts", concepts.len());
        for concept in &concepts {
            for &form in forms {
                let plan = Plan::make(Request {
                    concept,
                    project: &project,
                    form,
                    without: &[],
                });
                let plan = plan.expect("nothing is in the way");
                assert!(plan.to_string().contains("writes "), "{plan}");
                if concept.slug == "process-pool" {
                    let what_workers_need = "process_pool::serve::<YourTask>()` first in main";
                    assert!(plan.next().contains(what_workers_need), "{}", plan.next());
                }
            }
        }
    }

    #[test]
    fn every_concept_has_a_plan_for_a_program() {
        plan_every_concept("src/main.rs", &Form::ALL);
    }

    /// The other forms are the same for a library and for a program.
    #[test]
    fn every_concept_has_a_plan_for_a_library() {
        plan_every_concept("src/lib.rs", &[Form::Module]);
    }
}

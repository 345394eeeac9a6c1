//! The concepts of a workspace, read from their manifests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use crate::fault::Fault;
use crate::files::{self, file_name, files_below, folders, has_extension, relative};

/// The folders of concepts, each with the folder of its pages below `docs/src`. The order of the
/// book is another: see [`PARTS`].
pub const CHAPTERS: [(&str, &str); 4] = [
    ("examples-async", "async"),
    ("examples-threads", "threads"),
    ("examples-process", "processes"),
    ("examples-sync-primitives", "locks"),
];

/// The parts of the sidebar, which is a path for learners and independent of the folders.
pub const PARTS: [&str; 6] = [
    "Start",
    "Threads and shared data",
    "Async",
    "Processes",
    "Under the hood",
    "Appendix",
];

/// One concept: a crate below one of the [`CHAPTERS`], and its page.
#[derive(Debug)]
pub struct Concept {
    /// Folder, package and page are named alike.
    pub slug: String,
    /// The folder of its page below `docs/src`, `async`.
    pub chapter: &'static str,
    /// The crate's folder.
    pub folder: PathBuf,
    /// The concept in one sentence.
    pub description: String,
    /// What the copied source needs.
    pub dependencies: Vec<Dependency>,
    /// What the manifest says for the book.
    pub metadata: Metadata,
}

/// The table `[package.metadata.concept]` of a manifest.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Metadata {
    /// The page's title.
    pub title: String,
    /// The part of the sidebar that lists it: one of [`PARTS`].
    pub part: String,
    /// Place within the part, lowest first.
    pub order: i64,
    /// Slugs of its siblings.
    #[serde(default)]
    pub see_also: Vec<String>,
    /// Slugs of what to read first.
    #[serde(default)]
    pub prerequisites: Vec<String>,
    /// What `cargo add` is given, one line each, if the manifest says so itself.
    pub add: Option<Vec<String>>,
}

/// What is read of a manifest.
#[derive(Deserialize)]
struct Manifest {
    package: Package,
    #[serde(default)]
    dependencies: Table,
    #[serde(default)]
    target: BTreeMap<String, Target>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    description: String,
    metadata: PackageMetadata,
}

#[derive(Deserialize)]
struct PackageMetadata {
    concept: Metadata,
}

#[derive(Deserialize)]
struct Target {
    #[serde(default)]
    dependencies: Table,
}

/// One dependency of a snippet.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// Its name in the code.
    pub name: String,
    /// Its condition, `cfg(unix)`, if it has one.
    pub target: Option<String>,
    /// Its value in the manifest.
    pub value: Value,
}

/// Every concept in the book's order, and a fault for each folder that cannot be read as one.
pub fn load(root: &Path) -> (Vec<Concept>, Vec<Fault>) {
    let (mut concepts, mut faults) = (Vec::new(), Vec::new());
    for (folder, chapter) in CHAPTERS {
        for folder in folders(&root.join(folder)) {
            match Concept::read(root, chapter, folder) {
                Ok(concept) => concepts.push(concept),
                Err(fault) => faults.push(fault),
            }
        }
    }
    concepts.sort_by_key(|concept| {
        let Metadata { part, order, .. } = &concept.metadata;
        (part_number(part), *order, concept.slug.clone())
    });
    (concepts, faults)
}

impl Concept {
    fn read(root: &Path, chapter: &'static str, folder: PathBuf) -> Result<Concept, Fault> {
        let path = folder.join("Cargo.toml");
        let fault = |what: String, fix: &str| Fault::new(root, &path, what, fix);
        let slug = file_name(&folder);
        let text = fs::read_to_string(&path).map_err(|error| {
            let fix = "every folder here is a concept: give it a manifest, or move it elsewhere";
            fault(format!("cannot be read: {error}"), fix)
        })?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| {
            let fix = "correct that line, or add it, as section 1 of CONTRIBUTING.md shows";
            let error = error.to_string();
            fault(
                format!("is no manifest of a concept: {}", error.trim()),
                fix,
            )
        })?;
        let Package {
            name, description, ..
        } = manifest.package;
        if name != slug {
            let what = format!("the package {name} lies in a folder named {slug}");
            let fix = "folder, package and page share one name: rename one of them";
            return Err(fault(what, fix));
        }
        let metadata = manifest.package.metadata.concept;
        if !PARTS.contains(&metadata.part.as_str()) {
            let what = format!("the book has no part named \"{}\"", metadata.part);
            let fix = format!("write one of these: {}", PARTS.join(", "));
            return Err(fault(what, &fix));
        }
        let mut dependencies = snippet_dependencies(manifest.dependencies, None);
        for (
            target,
            Target {
                dependencies: table,
            },
        ) in manifest.target
        {
            dependencies.extend(snippet_dependencies(table, Some(target)));
        }
        if let Some(add) = &metadata.add {
            let is_added = |name: &str| add.iter().any(|line| line.split(' ').next() == Some(name));
            dependencies.retain(|dependency| is_added(&dependency.name));
        }
        Ok(Concept {
            slug,
            chapter,
            folder,
            description,
            dependencies,
            metadata,
        })
    }

    /// Its name in code: `process_pool`.
    pub fn module(&self) -> String {
        self.slug.replace('-', "_")
    }

    /// Where a project that copies it saves this file of the snippet: `src/semaphore.rs`, or
    /// `src/process_pool/mod.rs` where there are several.
    pub fn saved_as(&self, file: &Path) -> String {
        let module = self.module();
        if self.snippet().len() == 1 {
            return format!("src/{module}.rs");
        }
        match relative(&self.folder.join("src"), file).as_str() {
            "lib.rs" => format!("src/{module}/mod.rs"),
            name => format!("src/{module}/{name}"),
        }
    }

    /// Where its page is: `docs/src/async/async-fetch.md`.
    pub fn page(&self) -> String {
        format!("docs/src/{}/{}.md", self.chapter, self.slug)
    }

    /// Where its page is in the built book: `async/async-fetch.html`.
    pub fn built_page(&self) -> String {
        format!("{}/{}.html", self.chapter, self.slug)
    }

    /// The files of the snippet: all of `src/` but the demonstration's `main.rs`, `lib.rs` first.
    pub fn snippet(&self) -> Vec<PathBuf> {
        let mut files = files_below(&self.folder.join("src"));
        let main = self.folder.join("src/main.rs");
        files.retain(|file| has_extension(file, "rs") && *file != main);
        files.sort_by_key(|file| (file_name(file) != "lib.rs", file.clone()));
        files
    }

    /// The text of `src/lib.rs`, empty if there is none.
    pub fn library(&self) -> String {
        files::text(self.folder.join("src/lib.rs"))
    }
}

impl Dependency {
    /// Its name in the registry.
    pub fn package(&self) -> &str {
        self.text("package").unwrap_or(&self.name)
    }

    /// The version that the manifest asks for.
    pub fn version(&self) -> &str {
        let version = self.value.as_str().or_else(|| self.text("version"));
        version.unwrap_or("*")
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.value.get(key).and_then(Value::as_str)
    }
}

/// Of a table of dependencies those of the snippet: all but our own crates and `anyhow`, which serve
/// the demonstration alone.
fn snippet_dependencies(table: Table, target: Option<String>) -> Vec<Dependency> {
    table
        .into_iter()
        .filter(|(name, value)| name != "anyhow" && value.get("path").is_none())
        .map(|(name, value)| Dependency {
            name,
            target: target.clone(),
            value,
        })
        .collect()
}

/// The lines of the `//!` comment of a library, without `//!` and the space behind it.
pub fn header(library: &str) -> impl Iterator<Item = &str> {
    library
        .lines()
        .skip_while(|line| !line.starts_with("//!"))
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
}

/// Where the sidebar has this part, counted from 0.
pub fn part_number(part: &str) -> usize {
    PARTS.iter().take_while(|known| **known != part).count()
}

/// The value at `keys`, one table below the other.
pub fn lookup<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (first, rest) = keys.split_first()?;
    rest.iter()
        .try_fold(table.get(*first)?, |value, key| value.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_needs_neither_our_own_crates_nor_anyhow() {
        let manifest = "demo = { path = '../demo' }\nanyhow = '1'\n\
                        http = { package = 'reqwest', version = '0.13' }\ntokio.version = '1'\n";
        let target = Some("cfg(unix)".to_owned());
        let found = snippet_dependencies(manifest.parse().unwrap(), target.clone());
        let seen = found
            .iter()
            .map(|found| (found.package(), found.version(), &found.target));
        let expected = [("reqwest", "0.13", &target), ("tokio", "1", &target)];
        assert_eq!(seen.collect::<Vec<_>>(), expected);
    }
}

//! The concepts of a workspace, read from their manifests.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use crate::fault::{Fault, relative};

/// A folder of concepts, and the chapter that it fills.
#[derive(Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Folder below the root, `examples-async`.
    pub folder: &'static str,
    /// Folder below `docs/src`, `async`.
    pub slug: &'static str,
}

/// The folders of concepts. The order of the book is another: see [`PARTS`].
pub const CHAPTERS: [Chapter; 4] = [
    Chapter {
        folder: "examples-async",
        slug: "async",
    },
    Chapter {
        folder: "examples-threads",
        slug: "threads",
    },
    Chapter {
        folder: "examples-process",
        slug: "processes",
    },
    Chapter {
        folder: "examples-sync-primitives",
        slug: "locks",
    },
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
    /// The folder that its page is in.
    pub chapter: &'static Chapter,
    /// The crate's folder.
    pub folder: PathBuf,
    /// The manifest's text, from which the dependency lines are taken byte for byte.
    pub manifest: String,
    /// The concept in one sentence.
    pub description: String,
    /// The page's title.
    pub title: String,
    /// The part of the sidebar that lists it: one of [`PARTS`].
    pub part: &'static str,
    /// Place within the part, lowest first.
    pub order: i64,
    /// Slugs of its siblings.
    pub see_also: Vec<String>,
    /// Slugs of what to read first.
    pub prerequisites: Vec<String>,
    /// What `cargo add` is given, one line each, if the manifest says so itself.
    pub add: Option<Vec<String>>,
}

/// Every concept in the book's order, and a fault for each folder that cannot be read as one.
pub fn load(root: &Path) -> (Vec<Concept>, Vec<Fault>) {
    let (mut concepts, mut faults) = (Vec::new(), Vec::new());
    for chapter in &CHAPTERS {
        for folder in folders(&root.join(chapter.folder)) {
            match Concept::read(root, chapter, folder) {
                Ok(concept) => concepts.push(concept),
                Err(fault) => faults.push(fault),
            }
        }
    }
    concepts.sort_by(|a, b| a.place().cmp(&b.place()));
    (concepts, faults)
}

impl Concept {
    fn read(root: &Path, chapter: &'static Chapter, folder: PathBuf) -> Result<Concept, Fault> {
        let path = folder.join("Cargo.toml");
        let fault = |what: String, fix: &str| Fault::new(root, &path, what, fix);
        let slug = file_name(&folder);
        let manifest = fs::read_to_string(&path).map_err(|error| {
            fault(
                format!("cannot be read: {error}"),
                "every folder here is a concept: give it a manifest, or move it elsewhere",
            )
        })?;
        let table: Table = manifest
            .parse()
            .map_err(|error| fault(format!("is not TOML: {error}"), "correct its syntax"))?;
        let text = |keys: &[&str]| {
            lookup(&table, keys)
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| {
                    fault(
                        format!("has no text at {}", keys.join(".")),
                        "add it, as CONTRIBUTING.md shows",
                    )
                })
        };
        let metadata = |key| lookup(&table, &["package", "metadata", "concept", key]);
        let name = text(&["package", "name"])?;
        if name != slug {
            return Err(fault(
                format!("the package {name} lies in a folder named {slug}"),
                "folder, package and page share one name: rename one of them",
            ));
        }
        let order = metadata("order").and_then(Value::as_integer);
        let list = |key, example: &str| match metadata(key).map(texts) {
            None => Ok(None),
            Some(Some(texts)) => Ok(Some(texts)),
            Some(None) => Err(fault(
                format!("package.metadata.concept.{key} is not a list of texts"),
                &format!("write it as {key} = [\"{example}\"]"),
            )),
        };
        let part = text(&["package", "metadata", "concept", "part"])?;
        let part = PARTS.iter().find(|known| **known == part).ok_or_else(|| {
            fault(
                format!("the book has no part named \"{part}\""),
                &format!("write one of these: {}", PARTS.join(", ")),
            )
        })?;
        Ok(Concept {
            description: text(&["package", "description"])?,
            title: text(&["package", "metadata", "concept", "title"])?,
            order: order.ok_or_else(|| {
                fault(
                    "has no whole number at package.metadata.concept.order".into(),
                    "add it: the concept's place within its part of the sidebar",
                )
            })?,
            part,
            see_also: list("see-also", "mutex")?.unwrap_or_default(),
            prerequisites: list("prerequisites", "mutex")?.unwrap_or_default(),
            add: list("add", "tokio --features rt")?,
            slug,
            chapter,
            folder,
            manifest,
        })
    }

    /// Where the sidebar lists it.
    pub fn place(&self) -> (usize, i64, &str) {
        (part_number(self.part), self.order, &self.slug)
    }

    /// Its name in code: `process_pool`.
    pub fn module(&self) -> String {
        self.slug.replace('-', "_")
    }

    /// Where a project that copies it saves this file of the snippet: `src/semaphore.rs`, or
    /// `src/process_pool/mod.rs` where there are several.
    pub fn saved_as(&self, file: &Path) -> String {
        let module = self.module();
        let within = relative(&self.folder.join("src"), file);
        if self.snippet().len() == 1 {
            return format!("src/{module}.rs");
        }
        let name = if within == "lib.rs" {
            "mod.rs"
        } else {
            &within
        };
        format!("src/{module}/{name}")
    }

    /// Where its page is: `docs/src/async/async-fetch.md`.
    pub fn page(&self) -> String {
        format!("docs/src/{}/{}.md", self.chapter.slug, self.slug)
    }

    /// The files of the snippet: all of `src/` but the demonstration's `main.rs`, `lib.rs` first.
    pub fn snippet(&self) -> Vec<PathBuf> {
        let mut files = files_below(&self.folder.join("src"));
        files.retain(|file| {
            file.extension().is_some_and(|extension| extension == "rs")
                && *file != self.folder.join("src/main.rs")
        });
        files.sort_by_key(|file| (file_name(file) != "lib.rs", file.clone()));
        files
    }

    /// The text of `src/lib.rs`, empty if there is none.
    pub fn library(&self) -> String {
        fs::read_to_string(self.folder.join("src/lib.rs")).unwrap_or_default()
    }

    /// What the snippet needs: every dependency but our own crates and `anyhow`, which serve the
    /// demonstration alone. If the manifest lists under `add` what is to be added, only these.
    ///
    /// # Errors
    /// If an entry has a form that cannot be printed as it is; the text says which.
    pub fn dependencies(&self) -> Result<Vec<Dependency>, String> {
        let mut found = dependencies(&self.manifest)?;
        if let Some(add) = &self.add {
            let is_added = |name: &str| add.iter().any(|line| line.split(' ').next() == Some(name));
            found.retain(|dependency| is_added(&dependency.name));
        }
        Ok(found)
    }
}

/// One dependency of a snippet.
#[derive(Debug, PartialEq)]
pub struct Dependency {
    /// Its name in the code.
    pub name: String,
    /// The header of its table, `[dependencies]` or `[target.'cfg(unix)'.dependencies]`.
    pub table: String,
    /// Its condition, `cfg(unix)`, if it has one.
    pub target: Option<String>,
    /// Its lines in the manifest, with the comment above it.
    pub lines: String,
    /// Its value.
    pub value: Value,
}

fn dependencies(manifest: &str) -> Result<Vec<Dependency>, String> {
    let spanned = DeTable::parse(manifest).map_err(|error| error.to_string())?;
    let table: Table = manifest.parse().map_err(|error| format!("{error}"))?;
    let mut found = Vec::new();
    if let Some(entries) = spanned.get_ref().get("dependencies") {
        read_table(manifest, entries, &table, None, &mut found)?;
    }
    if let Some(targets) = spanned.get_ref().get("target").and_then(as_table) {
        for (target, tables) in targets {
            if let Some(entries) = as_table(tables).and_then(|tables| tables.get("dependencies")) {
                let values = lookup(&table, &["target", target.get_ref()]);
                let values = values.and_then(Value::as_table).cloned();
                let target = target.get_ref().to_string();
                read_table(
                    manifest,
                    entries,
                    &values.unwrap_or_default(),
                    Some(target),
                    &mut found,
                )?;
            }
        }
    }
    found.sort_by_key(|(start, _)| *start);
    Ok(found
        .into_iter()
        .map(|(_, dependency)| dependency)
        .collect())
}

fn read_table(
    manifest: &str,
    entries: &Spanned<DeValue<'_>>,
    values: &Table,
    target: Option<String>,
    found: &mut Vec<(usize, Dependency)>,
) -> Result<(), String> {
    for (key, value) in as_table(entries).into_iter().flatten() {
        let name = key.get_ref().to_string();
        let Some(plain) = lookup(values, &["dependencies", &name]).cloned() else {
            continue;
        };
        if name == "anyhow" || plain.get("path").is_some() {
            continue;
        }
        let lines = whole_lines(manifest, key.span().start..value.span().end);
        if manifest[lines.clone()].trim_start().starts_with('[')
            || manifest[lines.clone()].starts_with(&format!("{name}."))
        {
            return Err(format!(
                "the dependency {name} is spread over its own table"
            ));
        }
        let lines = with_comment_above(manifest, lines);
        found.push((
            lines.start,
            Dependency {
                table: match &target {
                    None => "[dependencies]".to_owned(),
                    Some(target) => format!("[target.'{target}'.dependencies]"),
                },
                target: target.clone(),
                lines: manifest[lines].to_owned(),
                value: plain,
                name,
            },
        ));
    }
    Ok(())
}

fn whole_lines(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let end = text[span.end..]
        .find('\n')
        .map_or(text.len(), |length| span.end + length);
    start..end
}

fn with_comment_above(text: &str, mut lines: Range<usize>) -> Range<usize> {
    while lines.start > 0 {
        let above = whole_lines(text, lines.start - 1..lines.start - 1);
        if !text[above.clone()].starts_with('#') {
            break;
        }
        lines.start = above.start;
    }
    lines
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let texts = value.as_array()?.iter();
    texts.map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Where the sidebar has this part, counted from 0.
pub fn part_number(part: &str) -> usize {
    PARTS.iter().take_while(|known| **known != part).count()
}

fn as_table<'a, 'i>(value: &'a Spanned<DeValue<'i>>) -> Option<&'a DeTable<'i>> {
    value.get_ref().as_table()
}

/// The value at `keys`, one table below the other.
pub fn lookup<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (first, rest) = keys.split_first()?;
    rest.iter()
        .try_fold(table.get(*first)?, |value, key| value.get(key))
}

/// The folders directly in `folder`, sorted; none if it does not exist.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = entries(folder).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

/// Every file below `folder`, sorted; none if it does not exist. Skips what git does not keep.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if !path.is_dir() {
            found.push(path);
        } else if !["target", "node_modules", ".git", "__pycache__"]
            .contains(&file_name(&path).as_str())
        {
            found.append(&mut files_below(&path));
        }
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
}

/// The last part of a path, as text.
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
[dependencies]
# The demonstration's own:
demo = { path = "../../support/demo" }
anyhow = "1"
# Rustls, since it needs no system library.
reqwest = { version = "0.13", default-features = false, features = [
    "rustls",
] } # mind the list

tokio = "1"

[dev-dependencies]
loom = "0.7"

[target.'cfg(unix)'.dependencies]
libc = "0.2"
"#;

    #[test]
    fn dependency_lines_are_the_manifests_own() {
        let found = dependencies(MANIFEST).unwrap();
        let lines: Vec<(&str, &str)> = found
            .iter()
            .map(|found| (found.table.as_str(), found.lines.as_str()))
            .collect();
        assert_eq!(
            lines,
            [
                (
                    "[dependencies]",
                    "# Rustls, since it needs no system library.\n\
                     reqwest = { version = \"0.13\", default-features = false, features = [\n    \
                     \"rustls\",\n] } # mind the list"
                ),
                ("[dependencies]", "tokio = \"1\""),
                ("[target.'cfg(unix)'.dependencies]", "libc = \"0.2\""),
            ]
        );
    }

    #[test]
    fn a_dependency_in_a_table_of_its_own_is_refused() {
        let error = dependencies("[dependencies.tokio]\nversion = \"1\"\n").unwrap_err();
        assert!(error.contains("tokio"), "{error}");
        dependencies("[dependencies]\ntokio.version = \"1\"\n").unwrap_err();
    }
}

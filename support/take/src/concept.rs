//! The concepts of this checkout.

use std::collections::{BTreeMap, HashSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};
use toml_edit::{DocumentMut, Item};

/// The folders that contain concepts.
const FOLDERS: [&str; 4] = [
    "examples-async",
    "examples-threads",
    "examples-process",
    "examples-sync-primitives",
];

/// The file of the short version, below `examples`.
pub(crate) const IDEA: &str = "idea.rs";

/// The root of this checkout. As cargo says at run time, because it may have moved since the build.
pub(crate) fn root() -> PathBuf {
    let running = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = running
        .filter(|folder| folder.ends_with("support/take"))
        .unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let root = package.ancestors().nth(2);
    root.map(Path::to_path_buf).unwrap_or(package)
}

/// A concept that can be taken.
pub(crate) struct Concept {
    pub(crate) slug: String,
    pub(crate) description: String,
    /// Of this project: it goes into the header of what is taken.
    pub(crate) version: String,
    /// The snippet's files, `lib.rs` first: names below `src`, and their text.
    pub(crate) files: Vec<(String, String)>,
    /// The short version.
    pub(crate) idea: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// What the user of the code has to do besides, one sentence.
    pub(crate) after_take: Option<String>,
    folder: PathBuf,
}

/// What a snippet needs from elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) features: Vec<String>,
    /// Whether the default features stay on in a project that has no such dependency yet.
    pub(crate) default_features: bool,
}

impl Concept {
    pub(crate) fn find(root: &Path, slug: &str) -> anyhow::Result<Self> {
        match folders(root)?.get(slug) {
            Some(folder) => Self::read(folder, slug),
            None => bail!("there is no concept {slug:?}; `take list` lists them all"),
        }
    }

    /// Every concept, by name.
    pub(crate) fn all(root: &Path) -> anyhow::Result<Vec<Self>> {
        let folders = folders(root)?;
        let concepts = folders
            .iter()
            .map(|(slug, folder)| Self::read(folder, slug));
        concepts.collect()
    }

    fn read(folder: &Path, slug: &str) -> anyhow::Result<Self> {
        let manifest = folder.join("Cargo.toml");
        let text = read(&manifest)?;
        let manifest: DocumentMut = text
            .parse()
            .with_context(|| format!("cannot read {}", manifest.display()))?;
        let metadata = &manifest["package"]["metadata"]["concept"];
        let mut files = Vec::new();
        collect(&folder.join("src"), "", &mut files)?;
        files.retain(|(name, _)| name != "main.rs");
        files.sort_by_key(|(name, _)| (name != "lib.rs", name.clone()));
        Ok(Self {
            slug: slug.to_owned(),
            description: text_of(&manifest["package"]["description"]),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            idea: read(&folder.join("examples/idea.rs"))?,
            dependencies: dependencies(&manifest)?,
            after_take: metadata.get("after-take").map(text_of),
            files,
            folder: folder.to_owned(),
        })
    }

    /// The name of the module: Rust has no dashes in it.
    pub(crate) fn module(&self) -> String {
        self.slug.replace('-', "_")
    }

    /// The dependencies that are still used if these files are left out.
    pub(crate) fn needed(&self, without: &[String]) -> Vec<Dependency> {
        if without.is_empty() {
            return self.dependencies.clone();
        }
        let kept = self
            .files
            .iter()
            .filter(|(name, _)| !without.contains(name));
        let texts: Vec<&str> = kept.map(|(_, text)| text.as_str()).collect();
        self.mentioned_in(&texts)
    }

    /// The dependencies that the code of these texts names.
    pub(crate) fn mentioned_in(&self, texts: &[&str]) -> Vec<Dependency> {
        let code = |line: &&str| !line.trim_start().starts_with("//");
        let lines = texts.iter().flat_map(|text| text.lines()).filter(code);
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words: HashSet<&str> = lines
            .flat_map(|line| line.split(|letter| !is_name(letter)))
            .collect();
        let named = |one: &&Dependency| words.contains(one.name.replace('-', "_").as_str());
        self.dependencies.iter().filter(named).cloned().collect()
    }

    /// The text of one of its files.
    pub(crate) fn source(&self, name: &str) -> &str {
        let file = self.files.iter().find(|file| file.0 == name);
        file.map_or(&self.idea, |file| &file.1)
    }

    /// The path of one of its files, for git.
    pub(crate) fn path_of(&self, file: &str) -> PathBuf {
        let folder = if file == IDEA { "examples" } else { "src" };
        self.folder.join(folder).join(file)
    }
}

/// The name and the folder of every concept, by name.
fn folders(root: &Path) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    for folder in FOLDERS.map(|folder| root.join(folder)) {
        for entry in entries(&folder)? {
            let folder = entry?.path();
            if folder.join("Cargo.toml").is_file() {
                let slug = folder.file_name().unwrap_or_default().to_string_lossy();
                found.insert(slug.into_owned(), folder);
            }
        }
    }
    Ok(found)
}

/// A short name for this very text.
pub(crate) fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn entries(folder: &Path) -> anyhow::Result<fs::ReadDir> {
    fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    for entry in entries(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else if name.ends_with(".rs") {
            files.push((name, read(&entry.path())?));
        }
    }
    Ok(())
}

fn text_of(item: &Item) -> String {
    item.as_str().unwrap_or_default().to_owned()
}

/// Every dependency but our own crates and `anyhow`, which only the demonstration uses. Where the
/// manifest has an `add` list, that one counts: it names what a project needs to have.
fn dependencies(manifest: &DocumentMut) -> anyhow::Result<Vec<Dependency>> {
    let mut tables: Vec<&Item> = manifest.get("dependencies").into_iter().collect();
    let targets = manifest.get("target").and_then(Item::as_table_like);
    for (_, target) in targets.into_iter().flat_map(|targets| targets.iter()) {
        tables.extend(target.get("dependencies"));
    }
    let mut found = Vec::new();
    for (name, item) in tables
        .iter()
        .filter_map(|table| table.as_table_like())
        .flat_map(|table| table.iter())
    {
        if name == "anyhow" || item.get("path").is_some() {
            continue;
        }
        found.push(Dependency {
            name: name.to_owned(),
            version: match item.get("version") {
                Some(version) => text_of(version),
                None => text_of(item),
            },
            features: list_of(item.get("features")),
            default_features: item.get("default-features").and_then(Item::as_bool) != Some(false),
        });
    }
    let Some(add) = manifest["package"]["metadata"]["concept"].get("add") else {
        return Ok(found);
    };
    let mut wanted = Vec::new();
    for line in list_of(Some(add)) {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        let known = found.iter().find(|dependency| dependency.name == name);
        let version =
            known.with_context(|| format!("`add` names {name}, which is no dependency"))?;
        let features = words.last().filter(|_| line.contains("--features"));
        wanted.push(Dependency {
            name: name.to_owned(),
            version: version.version.clone(),
            features: features
                .map(|list| list.split(',').map(str::to_owned).collect())
                .unwrap_or_default(),
            default_features: true,
        });
    }
    // What the list leaves out needs no more than its own line.
    found.retain(|one| wanted.iter().all(|other| other.name != one.name) && one.name != "rustls");
    wanted.extend(found);
    Ok(wanted)
}

/// The texts in an array; none if there is none.
pub(crate) fn list_of(item: Option<&Item>) -> Vec<String> {
    let array = item.and_then(Item::as_array);
    let texts = array
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str());
    texts.map(str::to_owned).collect()
}

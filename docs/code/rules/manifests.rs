//! What the manifests must say, and must not.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::concept::{self, CHAPTERS, lookup};
use crate::fault::Fault;
use crate::generate;

const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// Every member inherits the workspace's metadata and lints.
pub fn members_inherit(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (file, manifest) in members(root) {
        for key in INHERITED {
            if lookup(&manifest, &["package", key, "workspace"]) != Some(&Value::Boolean(true)) {
                let what = format!("has a {key} of its own, or none");
                let fix = format!("write {key}.workspace = true");
                faults.push(Fault::new(root, &file, what, fix));
            }
        }
        if lookup(&manifest, &["lints", "workspace"]) != Some(&Value::Boolean(true)) {
            let fix = "add [lints] with workspace = true";
            faults.push(Fault::new(root, &file, "does not inherit the lints", fix));
        }
    }
    faults
}

/// A dependency table is part of what readers copy: versions spelled out, no feature too many.
pub fn dependencies_are_explicit(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (file, manifest) in members(root) {
        for (name, value) in all_dependencies(&manifest) {
            let mut fault =
                |what: String, fix: &str| faults.push(Fault::new(root, &file, what, fix));
            if value.get("path").is_some() {
                continue;
            }
            if value.get("workspace").is_some() {
                fault(
                    format!("takes {name} from the workspace"),
                    "spell out its version and features: a reader copies this table",
                );
                continue;
            }
            let version = value
                .as_str()
                .or_else(|| value.get("version").and_then(Value::as_str));
            if version.is_none_or(|version| version.contains('*')) {
                fault(
                    format!("names no version of {name}"),
                    "write the version that it was tried with",
                );
            }
            let features = value.get("features").and_then(Value::as_array);
            let full = features.is_some_and(|features| {
                features
                    .iter()
                    .any(|feature| feature.as_str() == Some("full"))
            });
            if name == "tokio" && full {
                fault(
                    "asks for all of tokio".into(),
                    "list the features that the code uses instead of \"full\"",
                );
            }
        }
    }
    faults
}

/// Every dependency printed beside a snippet is named in the snippet or its minimal program.
pub fn dependencies_are_used(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for concept in concept::load(root).0 {
        let mut code: String = concept
            .snippet()
            .iter()
            .flat_map(fs::read_to_string)
            .collect();
        code = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        code.push_str(&generate::program(&concept.library()).unwrap_or_default());
        for dependency in concept.dependencies().unwrap_or_default() {
            let name = dependency.name.replace('-', "_");
            let named = code
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == name);
            if !named {
                let what = format!("lists {name}, which the snippet does not use");
                let fix = "remove it, or move it to [dev-dependencies] \
                           if the demonstration's tests need it";
                let file = concept.folder.join("Cargo.toml");
                faults.push(Fault::new(root, file, what, fix));
            }
        }
    }
    faults
}

/// No package of ours is named like one that we depend on: `cargo run -p` would be ambiguous.
pub fn no_name_is_taken(root: &Path) -> Vec<Fault> {
    let file = root.join("Cargo.lock");
    let lock: Table = fs::read_to_string(&file)
        .unwrap_or_default()
        .parse()
        .unwrap_or_default();
    let packages = lock
        .get("package")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let names = |outside: bool| {
        packages
            .iter()
            .filter(move |package| package.get("source").is_some() == outside)
            .filter_map(|package| package.get("name").and_then(Value::as_str))
    };
    if names(false).next().is_none() {
        let fix = "cargo metadata >/dev/null, and commit it";
        return vec![Fault::new(root, &file, "lists no package of ours", fix)];
    }
    names(false)
        .filter_map(|ours| {
            let code = |name: &str| name.replace('-', "_");
            let theirs = names(true).find(|theirs| code(theirs) == code(ours))?;
            Some((ours, theirs))
        })
        .map(|(ours, theirs)| {
            let what =
                format!("{ours} is ours, and {theirs} a dependency: `-` and `_` are one in a name");
            let fix = "rename the concept: folder, package and page";
            Fault::new(root, &file, what, fix)
        })
        .collect()
}

/// The manifests of all members, as far as they can be read.
fn members(root: &Path) -> Vec<(PathBuf, Table)> {
    let mut folders = vec![root.join("docs")];
    for parent in CHAPTERS
        .iter()
        .map(|chapter| chapter.folder)
        .chain(["support"])
    {
        folders.append(&mut concept::folders(&root.join(parent)));
    }
    folders
        .into_iter()
        .filter_map(|folder| {
            let file = folder.join("Cargo.toml");
            let manifest = fs::read_to_string(&file).ok()?.parse().ok()?;
            Some((file, manifest))
        })
        .collect()
}

fn all_dependencies(manifest: &Table) -> Vec<(String, Value)> {
    let mut tables = vec![manifest];
    let targets = manifest.get("target").and_then(Value::as_table);
    tables.extend(
        targets
            .into_iter()
            .flat_map(|targets| targets.values().filter_map(Value::as_table)),
    );
    tables
        .into_iter()
        .flat_map(|table| {
            ["dependencies", "dev-dependencies", "build-dependencies"]
                .into_iter()
                .filter_map(|kind| table.get(kind).and_then(Value::as_table))
        })
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

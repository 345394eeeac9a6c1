//! What the manifests must say, and must not.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::concept::{self, CHAPTERS, lookup};
use crate::fault::Faults;
use crate::files::{self, folders};
use crate::generate;

const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// Every member inherits the workspace's metadata and lints.
pub fn members_inherit(root: &Path, faults: &mut Faults<'_>) {
    for (file, manifest) in members(root) {
        let inherits = |keys: &[&str]| lookup(&manifest, keys) == Some(&Value::Boolean(true));
        for key in INHERITED {
            if !inherits(&["package", key, "workspace"]) {
                let what = format!("has a {key} of its own, or none");
                faults.add(&file, what, format!("write {key}.workspace = true"));
            }
        }
        if !inherits(&["lints", "workspace"]) {
            let fix = "add [lints] with workspace = true";
            faults.add(&file, "does not inherit the lints", fix);
        }
    }
}

/// A dependency table is part of what readers copy: versions spelled out, no feature too many.
pub fn dependencies_are_explicit(root: &Path, faults: &mut Faults<'_>) {
    for (file, manifest) in members(root) {
        for (name, value) in all_dependencies(&manifest) {
            if value.get("path").is_some() {
                continue;
            }
            if value.get("workspace").is_some() {
                let what = format!("takes {name} from the workspace");
                let fix = "spell out its version and features: a reader copies this table";
                faults.add(&file, what, fix);
                continue;
            }
            let version = value
                .as_str()
                .or(value.get("version").and_then(Value::as_str));
            if version.is_none_or(|version| version.contains('*')) {
                let what = format!("names no version of {name}");
                faults.add(&file, what, "write the version that it was tried with");
            }
            let features = value.get("features").and_then(Value::as_array);
            if name == "tokio" && features.is_some_and(|list| list.contains(&"full".into())) {
                let fix = "list the features that the code uses instead of \"full\"";
                faults.add(&file, "asks for all of tokio", fix);
            }
        }
    }
}

/// Every dependency printed beside a snippet is named in the snippet or its minimal program.
pub fn dependencies_are_used(root: &Path, faults: &mut Faults<'_>) {
    for concept in concept::load(root).0 {
        let mut code = generate::program(&concept.library()).unwrap_or_default();
        for file in concept.snippet() {
            let text = files::text(file);
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            code.extend(text.lines().filter(is_code).flat_map(|line| [line, "\n"]));
        }
        let names: Vec<&str> = code
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .collect();
        for dependency in &concept.dependencies {
            let name = dependency.name.replace('-', "_");
            if !names.contains(&name.as_str()) {
                let what = format!("lists {name}, which the snippet does not use");
                let fix = "remove it, or move it to [dev-dependencies] \
                           if the demonstration's tests need it";
                faults.add(concept.folder.join("Cargo.toml"), what, fix);
            }
        }
    }
}

/// A concept links one test binary and no empty ones, and its example has a name of its own.
pub fn targets_are_listed(root: &Path, faults: &mut Faults<'_>) {
    for concept in concept::load(root).0 {
        let slug = &concept.slug;
        let mut needed = vec![
            "[package]\nautoexamples = false".to_owned(),
            "[lib]\ntest = false\ndoctest = false".to_owned(),
            format!("[[example]]\nname = \"{slug}-idea\""),
        ];
        if concept.folder.join("src/main.rs").is_file() {
            needed.push(format!("[[bin]]\nname = \"{slug}\"\ntest = false"));
        }
        let file = concept.folder.join("Cargo.toml");
        let manifest: Table = files::text(&file).parse().unwrap_or_default();
        for needed in needed {
            let entries = needed.parse().unwrap_or_default();
            if !contains(&Value::Table(manifest.clone()), &Value::Table(entries)) {
                let needed = needed.replace('\n', " ");
                let fix = format!("write {needed}, as section 1 of CONTRIBUTING.md shows");
                faults.add(&file, "does not list a target in full", fix);
            }
        }
    }
}

/// Whether a value has all that another has, and perhaps more.
fn contains(value: &Value, needed: &Value) -> bool {
    match (value, needed) {
        (Value::Table(table), Value::Table(needed)) => needed
            .iter()
            .all(|(key, needed)| table.get(key).is_some_and(|value| contains(value, needed))),
        (Value::Array(list), Value::Array(needed)) => needed
            .iter()
            .all(|needed| list.iter().any(|value| contains(value, needed))),
        _ => value == needed,
    }
}

/// No package of ours is named like one that we depend on: `cargo run -p` would be ambiguous.
pub fn no_name_is_taken(root: &Path, faults: &mut Faults<'_>) {
    let file = root.join("Cargo.lock");
    let lock: Table = files::text(&file).parse().unwrap_or_default();
    let packages = lock.get("package").and_then(Value::as_array);
    let (theirs, ours): (Vec<&Value>, Vec<&Value>) = packages
        .into_iter()
        .flatten()
        .partition(|package| package.get("source").is_some());
    if ours.is_empty() {
        let fix = "cargo metadata >/dev/null, and commit it";
        faults.add(&file, "lists no package of ours", fix);
    }
    let names = |packages: Vec<&'_ Value>| -> Vec<String> {
        let names = packages
            .iter()
            .filter_map(|package| package.get("name")?.as_str());
        names.map(str::to_owned).collect()
    };
    let (theirs, code) = (names(theirs), |name: &str| name.replace('-', "_"));
    for ours in names(ours) {
        if let Some(theirs) = theirs.iter().find(|theirs| code(theirs) == code(&ours)) {
            let what =
                format!("{ours} is ours, and {theirs} a dependency: `-` and `_` are one in a name");
            faults.add(&file, what, "rename the concept: folder, package and page");
        }
    }
}

/// The manifests of all members, as far as they can be read.
fn members(root: &Path) -> Vec<(PathBuf, Table)> {
    let mut members = vec![root.join("docs")];
    for parent in CHAPTERS
        .map(|(folder, _)| folder)
        .into_iter()
        .chain(["support"])
    {
        members.append(&mut folders(&root.join(parent)));
    }
    let manifests = members.into_iter().map(|folder| folder.join("Cargo.toml"));
    manifests
        .filter_map(|file| Some((file.clone(), fs::read_to_string(file).ok()?.parse().ok()?)))
        .collect()
}

/// Every entry of every table of dependencies.
fn all_dependencies(manifest: &Table) -> Vec<(&String, &Value)> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values);
    let tables = targets.filter_map(Value::as_table).chain([manifest]);
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    tables
        .flat_map(|table| kinds.map(|kind| table.get(kind).and_then(Value::as_table)))
        .flatten()
        .flatten()
        .collect()
}

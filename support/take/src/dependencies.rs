//! Adds what a concept needs to a manifest, and takes nothing away from what is there.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use semver::{Comparator, Op, Version, VersionReq};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Value};

use crate::concept::{Dependency, list_of};

/// Adds the dependencies to `table` of the manifest. Returns a line for each change.
///
/// # Errors
/// If an entry that is there cannot be reconciled with what is needed; the error says why, and which
/// lines to decide on.
pub(crate) fn add(
    manifest: &mut DocumentMut,
    table: &str,
    workspace: Option<&DocumentMut>,
    needed: &[Dependency],
) -> anyhow::Result<Vec<String>> {
    let mut changes = Vec::new();
    for dependency in needed {
        let existing = ["dependencies", table].into_iter().find(|table| {
            manifest
                .get(table)
                .is_some_and(|table| table.get(&dependency.name).is_some())
        });
        let Some(existing) = existing else {
            let entry = new_entry(dependency);
            changes.push(format!("{} = {entry}", dependency.name));
            let table = manifest.entry(table).or_insert_with(toml_edit::table);
            insert(table, &dependency.name, Item::Value(entry));
            continue;
        };
        let entry = &mut manifest[existing][&dependency.name];
        let inherits = entry.get("workspace").and_then(Item::as_bool) == Some(true);
        let declared = if inherits {
            let workspace = workspace.context("`workspace = true` without a workspace")?;
            &workspace["workspace"]["dependencies"][&dependency.name]
        } else {
            &*entry
        };
        check_version(dependency, declared)?;
        let mut has = list_of(declared.get("features"));
        has.extend(list_of(entry.get("features")));
        // By convention this feature enables all others.
        if has.iter().any(|feature| feature == "full") {
            continue;
        }
        let missing: Vec<&String> = dependency
            .features
            .iter()
            .filter(|feature| !has.contains(feature))
            .collect();
        if missing.is_empty() {
            continue;
        }
        let mut change = format!("{}: features", dependency.name);
        for feature in missing {
            let _ = write!(change, " +{feature}");
            add_feature(entry, feature).with_context(|| {
                format!("cannot add the feature {feature} to {}", dependency.name)
            })?;
        }
        changes.push(change);
    }
    Ok(changes)
}

/// Adds an entry. A table in alphabetical order keeps it, as with `cargo add`.
pub(crate) fn insert(table: &mut Item, name: &str, entry: Item) {
    let entries = table.as_table_like().into_iter();
    let names = entries.flat_map(|table| table.iter().map(|(name, _)| name));
    let sorted = names.is_sorted();
    table[name] = entry;
    if let Some(table) = table.as_table_like_mut().filter(|_| sorted) {
        table.sort_values();
    }
}

/// An entry for a project that has none.
pub(crate) fn new_entry(dependency: &Dependency) -> Value {
    if dependency.default_features && dependency.features.is_empty() {
        return Value::from(dependency.version.clone());
    }
    let mut table = InlineTable::new();
    table.insert("version", dependency.version.clone().into());
    if !dependency.default_features {
        table.insert("default-features", false.into());
    }
    if !dependency.features.is_empty() {
        table.insert(
            "features",
            Value::Array(dependency.features.iter().collect::<Array>()),
        );
    }
    Value::InlineTable(table)
}

fn add_feature(entry: &mut Item, feature: &str) -> anyhow::Result<()> {
    if let Some(version) = entry.as_str() {
        let mut table = InlineTable::new();
        table.insert("version", version.into());
        *entry = Item::Value(Value::InlineTable(table));
    }
    let table = entry.as_table_like_mut().context("its entry is no table")?;
    let features = table
        .entry("features")
        .or_insert(Item::Value(Value::Array(Array::new())));
    features
        .as_array_mut()
        .context("its features are no list")?
        .push(feature);
    Ok(())
}

/// A version that is there stays. It must be compatible with the one that the concept was tested with.
fn check_version(dependency: &Dependency, declared: &Item) -> anyhow::Result<()> {
    let version = declared
        .as_str()
        .or(declared.get("version").and_then(Item::as_str));
    // From git or a path: cargo check decides whether it fits.
    let Some(version) = version else {
        return Ok(());
    };
    let name = &dependency.name;
    let request: VersionReq = version
        .parse()
        .with_context(|| format!("the version of {name}, {version:?}, is none"))?;
    let tested: VersionReq = dependency.version.parse()?;
    let tested = lowest(&tested).with_context(|| format!("{name}: no version"))?;
    let compatible = match lowest(&request) {
        Some(there) => updates_to(&there, &tested)? || updates_to(&tested, &there)?,
        None => false,
    };
    if !compatible && !request.matches(&tested) {
        bail!(
            "the project has {name} = \"{version}\", and this was tested with {name} {}: an \
             incompatible version. Decide which one the project should use; take changes no version. \
             Lines to decide on: `{name} = {}` and `{name} = {}`",
            dependency.version,
            declared.to_string().trim(),
            new_entry(dependency)
        );
    }
    Ok(())
}

/// The lowest version that a request of the usual form allows.
fn lowest(request: &VersionReq) -> Option<Version> {
    let first: &Comparator = request.comparators.first()?;
    let usual = matches!(
        first.op,
        Op::Caret | Op::Tilde | Op::Exact | Op::GreaterEq | Op::Wildcard
    );
    usual.then(|| {
        Version::new(
            first.major,
            first.minor.unwrap_or(0),
            first.patch.unwrap_or(0),
        )
    })
}

/// Whether cargo takes `new` where a manifest says `old`.
fn updates_to(old: &Version, new: &Version) -> anyhow::Result<bool> {
    Ok(VersionReq::parse(&old.to_string())?.matches(new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_gets_what_it_lacks_and_the_rest_stays() {
        let dependency = |name: &str, features: &[&str]| Dependency {
            name: name.to_owned(),
            version: "1.5".to_owned(),
            features: features.iter().map(|&feature| feature.to_owned()).collect(),
            default_features: true,
        };
        let cases = [
            // A list in alphabetical order stays so.
            (
                "anyhow = \"1\"\ntokio = \"1\"\n",
                dependency("rayon", &[]),
                "anyhow = \"1\"\nrayon = \"1.5\"\ntokio = \"1\"\n",
            ),
            (
                "tokio = \"1\"\n",
                dependency("tokio", &["rt"]),
                "tokio = { version = \"1\", features = [\"rt\"] }\n",
            ),
            (
                "tokio = { version = \"1\", default-features = false, features = [\"sync\"] } # ours\n",
                dependency("tokio", &["rt"]),
                "tokio = { version = \"1\", default-features = false, features = [\"sync\", \"rt\"] } # ours\n",
            ),
            (
                "tokio = { version = \"1\", features = [\"full\"] }\n",
                dependency("tokio", &["rt"]),
                "tokio = { version = \"1\", features = [\"full\"] }\n",
            ),
        ];
        for (before, needed, after) in cases {
            let manifest = format!("[dependencies]\n{before}");
            let mut manifest: DocumentMut = manifest.parse().expect("it is TOML");
            let changes = add(&mut manifest, "dependencies", None, &[needed]);
            let changes = changes.expect("the versions are compatible");
            assert_eq!(manifest.to_string(), format!("[dependencies]\n{after}"));
            assert_eq!(changes.is_empty(), before == after, "{changes:?}");
        }
    }
}

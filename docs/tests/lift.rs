//! The lift test: with exactly the dependency lines that a page prints, its snippet builds in an
//! empty crate, and its minimal program runs. So what readers copy works where they paste it.
//!
//! `cargo test -p book --test lift`. It needs no network once the workspace has been built, for it
//! takes the workspace's own Cargo.lock.

mod fixture;

use std::fs;
use std::path::Path;
use std::process::Command;

use book::concept::{self, Concept, lookup};
use toml::{Table, Value};

#[test]
fn every_snippet_builds_with_its_printed_lines_alone() {
    let root = book::root();
    let (concepts, faults) = concept::load(root);
    assert!(faults.is_empty(), "cargo test -p book says what is wrong");
    let failures: Vec<String> = concepts
        .iter()
        .filter_map(|concept| lift(root, concept).err())
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_missing_feature_is_found() {
    let workspace = fixture::workspace();
    let waiter = lifted(workspace.path(), "waiter");
    lift(workspace.path(), &waiter).unwrap();

    let manifest = waiter.manifest.replace("[\"rt\", \"time\"]", "[\"rt\"]");
    assert_ne!(manifest, waiter.manifest);
    fixture::write(
        workspace.path(),
        "examples-async/waiter/Cargo.toml",
        &manifest,
    );
    fixture::sync(workspace.path());
    let error = lift(workspace.path(), &lifted(workspace.path(), "waiter")).unwrap_err();
    assert!(
        error.contains("time") && error.contains("use-it.md"),
        "{error}"
    );
}

#[test]
fn a_program_that_fails_is_found() {
    let workspace = fixture::workspace();
    let counter = lifted(workspace.path(), "counter");
    lift(workspace.path(), &counter).unwrap();

    let library = counter
        .library()
        .replace("counter.get(), 1", "counter.get(), 2");
    fixture::write(
        workspace.path(),
        "examples-threads/counter/src/lib.rs",
        &library,
    );
    let error = lift(workspace.path(), &counter).unwrap_err();
    assert!(error.contains("assertion"), "{error}");
}

#[test]
fn a_wrong_cargo_add_is_found() {
    let workspace = fixture::workspace();
    let page = workspace.path().join("docs/src/generated/waiter/use-it.md");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, text.replace("rt,time", "rt")).unwrap();
    let error = lift(workspace.path(), &lifted(workspace.path(), "waiter")).unwrap_err();
    assert!(error.contains("cargo add"), "{error}");
}

fn lifted(root: &Path, slug: &str) -> Concept {
    concept::load(root)
        .0
        .into_iter()
        .find(|concept| concept.slug == slug)
        .expect("the fixture has it")
}

/// Builds the concept in an empty crate. The error is cargo's words, and where to look.
fn lift(root: &Path, concept: &Concept) -> Result<(), String> {
    let page = format!("docs/src/generated/{}/use-it.md", concept.slug);
    let printed = fs::read_to_string(root.join(&page))
        .map_err(|error| format!("{page}: {error}\n    fix: cargo run -p book -- sync"))?;
    let dependencies = block(&printed, "toml");
    let package = format!(
        "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n",
        concept.slug
    );
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = folder.path();
    let source = concept.folder.join("src");
    for file in concept.snippet() {
        let within = file.strip_prefix(&source).unwrap_or(&file);
        let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
        fixture::write(folder, &format!("src/{}", within.display()), &text);
    }
    let lock = book::root().join("Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).map_err(|error| error.to_string())?;

    fixture::write(folder, "Cargo.toml", &package);
    let commands = block(&printed, "console");
    for command in commands.lines() {
        let words: Vec<&str> = command
            .trim_start_matches("$ cargo ")
            .split(' ')
            .map(|word| word.trim_matches('\''))
            .collect();
        cargo(folder, &words).map_err(|error| format!("{page}: `{command}`\n{error}"))?;
    }
    let added = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let (added, listed) = (tables(&added)?, tables(&dependencies)?);
    if added != listed {
        return Err(format!(
            "{page}: cargo add makes {added:?}, but the lines printed below are {listed:?}\n    \
             fix: cargo run -p book -- sync, or mend docs/code/generate.rs"
        ));
    }

    fixture::write(folder, "Cargo.toml", &(package + &dependencies));
    for words in [&["build"][..], &["test", "--doc"]] {
        cargo(folder, words).map_err(|error| {
            format!(
                "{} does not build with the lines of {page} alone:\n{error}\n    fix: list in \
                 {}/Cargo.toml every feature that the snippet uses",
                concept.slug,
                book::fault::relative(root, &concept.folder)
            )
        })?;
    }
    Ok(())
}

/// Runs cargo without a network. All lifted crates share a target folder, so that their
/// dependencies are built once.
fn cargo(folder: &Path, words: &[&str]) -> Result<(), String> {
    let output = Command::new(env!("CARGO"))
        .args(words)
        .args(["--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", book::root().join("target/lift"))
        .current_dir(folder)
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    Err(format!("{out}{err}"))
}

/// The first code block in this language, empty if there is none.
fn block(markdown: &str, language: &str) -> String {
    let fence = format!("```{language}");
    let lines = markdown.lines().skip_while(|line| *line != fence).skip(1);
    lines
        .take_while(|line| *line != "```")
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Every dependency as version, features and the rest, whatever way it is written.
fn tables(manifest: &str) -> Result<Vec<(String, String)>, String> {
    let manifest: Table = manifest.parse().map_err(|error| format!("{error}"))?;
    let mut found = Vec::new();
    let plain = lookup(&manifest, &["dependencies"]);
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flatten();
    let conditional = targets.map(|(target, tables)| (target.as_str(), tables.get("dependencies")));
    for (target, table) in [("", plain)].into_iter().chain(conditional) {
        for (name, value) in table.and_then(Value::as_table).into_iter().flatten() {
            let mut value = match value {
                Value::String(version) => {
                    Table::from_iter([("version".to_owned(), Value::String(version.clone()))])
                }
                other => other.as_table().cloned().unwrap_or_default(),
            };
            if let Some(features) = value.get_mut("features").and_then(Value::as_array_mut) {
                features.sort_by_key(Value::to_string);
            }
            found.push((format!("{target} {name}"), value.to_string()));
        }
    }
    found.sort();
    Ok(found)
}

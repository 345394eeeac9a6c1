//! The lift test: with exactly the dependency lines that a page prints, its snippet builds in an
//! empty crate, and its minimal program runs; a snippet of one file also as a module of another crate.
//! So what readers copy works where they paste it.
//!
//! `cargo test -p book --test lift`. It needs no network once the workspace has been built, for it
//! takes the workspace's own Cargo.lock.

mod fixture;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use book::concept::{self, Concept, lookup};
use book::fault;
use toml::{Table, Value};

#[test]
fn every_snippet_builds_with_its_printed_lines_alone() {
    let root = &book::root();
    let (concepts, faults) = concept::load(root);
    assert!(faults.is_empty(), "cargo test -p book says what is wrong");
    // Not in a folder that goes: cargo would keep what it built there for ever.
    let place = root.join("target/lifted");
    let failures: Vec<String> = concepts
        .iter()
        .filter_map(|concept| lift(root, concept, &place).err())
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_missing_feature_is_found() {
    let workspace = fixture::workspace();
    let waiter = lifted(workspace.path(), "waiter");
    lift(workspace.path(), &waiter, &workspace.path().join("lifted")).unwrap();

    let manifest = waiter.manifest.replace("[\"rt\", \"time\"]", "[\"rt\"]");
    assert_ne!(manifest, waiter.manifest);
    fixture::write(
        workspace.path(),
        "examples-async/waiter/Cargo.toml",
        &manifest,
    );
    fixture::sync(workspace.path());
    let error = lift(
        workspace.path(),
        &lifted(workspace.path(), "waiter"),
        &workspace.path().join("lifted"),
    )
    .unwrap_err();
    assert!(
        error.contains("time") && error.contains("use-it.md"),
        "{error}"
    );
}

#[test]
fn a_program_that_fails_is_found() {
    let workspace = fixture::workspace();
    let counter = lifted(workspace.path(), "counter");
    lift(workspace.path(), &counter, &workspace.path().join("lifted")).unwrap();

    let library = counter
        .library()
        .replace("counter.get(), 1", "counter.get(), 2");
    fixture::write(
        workspace.path(),
        "examples-threads/counter/src/lib.rs",
        &library,
    );
    let error = lift(workspace.path(), &counter, &workspace.path().join("lifted")).unwrap_err();
    assert!(error.contains("assertion"), "{error}");
}

#[test]
fn a_wrong_cargo_add_is_found() {
    let workspace = fixture::workspace();
    let page = workspace.path().join("docs/src/generated/waiter/use-it.md");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, text.replace("rt,time", "rt")).unwrap();
    let error = lift(
        workspace.path(),
        &lifted(workspace.path(), "waiter"),
        &workspace.path().join("lifted"),
    )
    .unwrap_err();
    assert!(error.contains("cargo add"), "{error}");
}

#[test]
fn a_snippet_that_must_be_a_crate_is_found() {
    let workspace = fixture::workspace();
    let library = lifted(workspace.path(), "counter").library()
        + "\n/// Adds two.\npub fn two(counter: &crate::Counter) {\n    counter.add();\n}\n";
    fixture::write(
        workspace.path(),
        "examples-threads/counter/src/lib.rs",
        &library,
    );
    let error = lift(
        workspace.path(),
        &lifted(workspace.path(), "counter"),
        &workspace.path().join("lifted"),
    )
    .unwrap_err();
    assert!(error.contains("crate::"), "{error}");
}

fn lifted(root: &Path, slug: &str) -> Concept {
    concept::load(root)
        .0
        .into_iter()
        .find(|concept| concept.slug == slug)
        .expect("the fixture has it")
}

/// Crates of one name are one to cargo where they share a target folder, wherever they stand: two
/// lifts at once would take each other's library.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Builds the concept in empty crates below `place`. The error is cargo's words, and where to look.
fn lift(root: &Path, concept: &Concept, place: &Path) -> Result<(), String> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let page = format!("docs/src/generated/{}/use-it.md", concept.slug);
    let printed = fs::read_to_string(root.join(&page))
        .map_err(|error| format!("{page}: {error}\n    fix: cargo run -p book -- sync"))?;
    let dependencies = block(&printed, "toml");
    let package = |name: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n"
        )
    };
    let folder = &place.join(&concept.slug);
    paste(concept, folder, "lib.rs")?;
    fixture::write(folder, "Cargo.toml", &package(&concept.slug));

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

    let manifest = package(&concept.slug) + &dependencies;
    fixture::write(folder, "Cargo.toml", &manifest);
    fixture::write(folder, "examples/use_it.rs", &block(&printed, "rust"));
    for words in [&["build", "--lib", "--examples"][..], &["test", "--doc"]] {
        cargo(folder, words).map_err(|error| {
            format!(
                "{} does not build with the lines of {page} alone:\n{error}\n    fix: list in \
                 {}/Cargo.toml every feature that the snippet uses",
                concept.slug,
                fault::relative(root, &concept.folder)
            )
        })?;
    }

    if concept.snippet().len() > 1 {
        return Ok(()); // Several files are copied as a crate.
    }
    let module = concept.slug.replace('-', "_");
    let folder = &place.join(format!("{}-as-module", concept.slug));
    paste(concept, folder, &format!("{module}.rs"))?;
    let program = format!("mod {module};\n{}", block(&printed, "rust"));
    fixture::write(folder, "src/main.rs", &program);
    fixture::write(folder, "Cargo.toml", &(package("reader") + &dependencies));
    cargo(folder, &["build"]).map_err(|error| {
        format!(
            "{} does not build as a module of another crate:\n{error}\n    fix: let it \
             name its own items without crate::",
            concept.slug
        )
    })
}

/// Puts the snippet where a reader pastes it, its `lib.rs` named `root`, and beside it the
/// versions that were tried.
fn paste(concept: &Concept, folder: &Path, root: &str) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let source = concept.folder.join("src");
    for file in concept.snippet() {
        let within = fault::relative(&source, &file);
        let name = if within == "lib.rs" { root } else { &within };
        let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
        fixture::write(folder, &format!("src/{name}"), &text);
    }
    let lock = book::root().join("Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).map_err(|error| error.to_string())?;
    Ok(())
}

/// Runs cargo without a network. All lifted crates share a target folder, so that their
/// dependencies are built once.
fn cargo(folder: &Path, words: &[&str]) -> Result<(), String> {
    let output = Command::new(env!("CARGO"))
        .args(words)
        .args(["--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", book::root().join("target/lift"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
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

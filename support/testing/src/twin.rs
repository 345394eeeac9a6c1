//! Runs the Python or JavaScript twin of a concept, where its interpreter and packages are.
//!
//! Where they are missing a test says so and passes; where `REQUIRE_TWINS=1` is set, as in CI, it
//! fails, so that no run there skips a twin unseen.

#![expect(
    clippy::panic,
    reason = "it is part of the body of a test, and panics to fail it"
)]

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs `script` of the concept's folder with `python3` and returns what it printed, or `None` if
/// Python or one of the `packages` that it imports is missing.
///
/// # Panics
/// If the twin fails; or if something is missing and `REQUIRE_TWINS=1` is set.
pub fn python(
    folder: impl AsRef<Path>,
    script: &str,
    packages: &[&str],
    arguments: &[String],
) -> Option<String> {
    let imports = format!("import {}", [&["sys"], packages].concat().join(", "));
    if !is_there("python3", &["-c", &imports]) {
        return missing(&format!(
            "{script} not run: python3 with {packages:?} is not installed"
        ));
    }
    Some(run("python3", folder.as_ref(), script, arguments))
}

/// Runs `script` of the concept's folder with `node` and returns what it printed, or `None` if
/// Node is missing.
///
/// # Panics
/// If the twin fails; or if Node is missing and `REQUIRE_TWINS=1` is set.
pub fn node(folder: impl AsRef<Path>, script: &str, arguments: &[String]) -> Option<String> {
    if !is_there("node", &["--version"]) {
        return missing(&format!("{script} not run: node is not installed"));
    }
    Some(run("node", folder.as_ref(), script, arguments))
}

fn is_there(interpreter: &str, arguments: &[&str]) -> bool {
    let found = Command::new(interpreter)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    found.is_ok_and(|status| status.success())
}

fn missing(message: &str) -> Option<String> {
    assert!(std::env::var_os("REQUIRE_TWINS").is_none(), "{message}");
    println!("{message}");
    None
}

fn run(interpreter: &str, folder: &Path, script: &str, arguments: &[String]) -> String {
    let output = Command::new(interpreter)
        .arg(folder.join(script))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{interpreter} ran a moment ago: {error}"));
    assert!(
        output.status.success(),
        "{script} failed: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr),
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

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
    let found = Command::new("python3")
        .args(["-c", &imports])
        .stderr(Stdio::null())
        .status();
    if !found.is_ok_and(|status| status.success()) {
        let missing = format!("{script} not run: python3 with {packages:?} is not installed");
        assert!(std::env::var_os("REQUIRE_TWINS").is_none(), "{missing}");
        println!("{missing}");
        return None;
    }
    let output = Command::new("python3")
        .arg(folder.as_ref().join(script))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("python3 ran a moment ago: {error}"));
    assert!(
        output.status.success(),
        "{script} failed: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr),
    );
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

//! Asks cargo whether the project builds.

use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;

use anyhow::{Context as _, bail};

use crate::INTERRUPTED;
use crate::project::Project;

/// # Errors
/// If the project does not compile, with the compiler's first error.
pub(crate) fn compiles(project: &Project) -> anyhow::Result<()> {
    run(project, "check", &["--all-targets"])
}

/// Runs the documentation tests whose path contains the module's name.
///
/// # Errors
/// If one of them fails.
pub(crate) fn doctests(project: &Project, module: &str) -> anyhow::Result<()> {
    run(project, "test", &["--doc", "--", module])
}

fn run(project: &Project, command: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo
        .arg(command)
        .args(["--quiet", "--color", "never", "--package", &project.name])
        .args(arguments);
    // What cargo set for this program itself must not reach the project's build.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    let output = cargo
        .current_dir(&project.folder)
        .stdin(Stdio::null())
        .output()
        .context("cannot start cargo")?;
    if output.status.success() {
        return Ok(());
    }
    // Ctrl-C ends cargo, perhaps before our own handler has noted it.
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&output.status) == Some(2) {
        INTERRUPTED.store(true, Ordering::Relaxed);
    }
    let said = [output.stderr, output.stdout].concat();
    let said = String::from_utf8_lossy(&said);
    let mut lines = said.lines();
    let first = lines.find(|line| line.starts_with("error") || line.contains("FAILED"));
    let place = lines
        .find(|line| line.trim_start().starts_with("--> "))
        .unwrap_or_default();
    // Cargo's own errors have their cause at the end, such as a full disk.
    let cause = said.split_once("\nCaused by:\n");
    let cause = cause.and_then(|(_, causes)| causes.lines().rfind(|line| !line.is_empty()));
    if let Some(cause) = cause {
        bail!("{}: {}", first.unwrap_or("cargo failed"), cause.trim());
    }
    bail!("{} {}", first.unwrap_or("cargo failed"), place.trim())
}

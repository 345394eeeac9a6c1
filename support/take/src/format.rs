//! Formats a file as `cargo fmt` will in the project that it goes into.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::project::Project;

/// The text in the style of the project's edition and `rustfmt.toml`. Editions sort imports in
/// different orders. Without rustfmt the text stays as it is.
pub(crate) fn formatted(text: &str, project: &Project) -> String {
    run(text, project).unwrap_or_else(|| text.to_owned())
}

fn run(text: &str, project: &Project) -> Option<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--quiet", "--emit", "stdout", "--edition", &project.edition])
        // rustfmt looks for a configuration here and above, because the text has no path.
        .current_dir(&project.folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // rustfmt reads everything before it writes. The pipe is closed at the end of the statement.
    rustfmt.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = rustfmt.wait_with_output().ok()?;
    let formatted = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !formatted.is_empty()).then_some(formatted)
}

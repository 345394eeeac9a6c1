//! Holds a demonstration to its `output.txt`, the output that the book prints.
//!
//! ```no_run
//! use testing::transcript::{self, Mode};
//! // In tests/output.rs of a concept, with env!("CARGO_BIN_EXE_mutex"):
//! transcript::check("target/debug/mutex", &[], include_str!("transcript.rs"), Mode::Exact);
//! ```

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program;

/// How much of the printed output is the same on every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every line, in this order.
    Exact,
    /// Every line, in any order: several threads print.
    AnyOrder,
    /// Every line in this order, with times, ratios and port numbers masked (see [`mask`]).
    Masked,
}

/// Runs `program`, which must exit with success, and compares its standard output with
/// `expected`. What it prints on standard error is not compared.
///
/// # Panics
/// If it does not start, does not succeed, or prints something else; the message says what to do.
#[expect(
    clippy::panic,
    reason = "it is the body of a test, and panics to fail it"
)]
pub fn check(program: impl AsRef<Path>, args: &[&str], expected: &str, mode: Mode) {
    let program = program.as_ref();
    let mut command = Command::new(program);
    let command = command.args(args).stdin(Stdio::null());
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command
        .spawn()
        .and_then(program::finish)
        .unwrap_or_else(|error| panic!("cannot run {}: {error}", program.display()));
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{} failed: {}\n{printed}{}",
        program.display(),
        output.status,
        String::from_utf8_lossy(&output.stderr),
    );
    let (expected_lines, printed_lines) = (lines(expected, mode), lines(&printed, mode));
    assert!(
        expected_lines == printed_lines,
        "what {} prints is not what output.txt says ({mode:?}).\n--- expected\n{}\n--- printed\n{}\n\
         If the new output is right, put it in output.txt:\n{printed}",
        program.display(),
        expected_lines.join("\n"),
        printed_lines.join("\n"),
    );
}

/// Holds `program`, which takes no arguments, to its manners: an argument is refused with exit code
/// 2, a closed standard output ends it with 1, and each says so in one line and without a panic.
///
/// # Panics
/// If it does otherwise.
#[expect(
    clippy::panic,
    reason = "it is the body of a test, and panics to fail it"
)]
pub fn check_manners(program: impl AsRef<Path>) {
    let run = |arguments: &[&str], stdout: Stdio| {
        let mut command = Command::new(program.as_ref());
        command.args(arguments).stdin(Stdio::null());
        command.stdout(stdout).stderr(Stdio::piped());
        // With it, anyhow adds a backtrace to its line.
        command.env_remove("RUST_BACKTRACE");
        let output = command
            .spawn()
            .and_then(program::finish)
            .unwrap_or_else(|error| panic!("cannot run {}: {error}", program.as_ref().display()));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.lines().count(), 1, "one line is meant: {said}");
        assert!(!said.contains("panicked"), "{said}");
        output
    };
    let refused = run(&["--help"], Stdio::piped());
    assert_eq!(refused.status.code(), Some(2), "an argument is refused");
    assert!(refused.stdout.is_empty(), "and nothing else is printed");

    let (reader, writer) = io::pipe().unwrap_or_else(|error| panic!("no pipe: {error}"));
    drop(reader); // Before the program starts: its first line already finds nobody.
    let unread = run(&[], writer.into());
    assert_eq!(unread.status.code(), Some(1), "nobody reads its output");
}

fn lines(text: &str, mode: Mode) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| match mode {
            Mode::Masked => mask(line),
            Mode::Exact | Mode::AnyOrder => line.trim_end().to_owned(),
        })
        .collect();
    if mode == Mode::AnyOrder {
        lines.sort();
    }
    lines
}

/// The line without what differs from run to run: a number with its unit of time (`ns µs us ms s`)
/// becomes `#`, so does a number before a `×` and the port after `127.0.0.1:`, and runs of spaces
/// become one, because columns shift with the width of what stands in them.
pub fn mask(line: &str) -> String {
    let mut masked = String::new();
    let mut rest = line.trim_end();
    while let Some(first) = rest.chars().next() {
        let in_a_word = masked.ends_with(|c: char| c.is_alphanumeric() || c == '.');
        if first.is_ascii_digit() && !in_a_word {
            let end = rest
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            if let Some(after) = after_unit_of_time(after) {
                masked.push('#');
                rest = after;
            } else {
                let is_port = masked.ends_with("127.0.0.1:");
                let is_ratio = after.trim_start().starts_with('×');
                masked.push_str(if is_port || is_ratio { "#" } else { number });
                rest = after;
            }
        } else {
            if first != ' ' || !masked.ends_with(' ') {
                masked.push(first);
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    masked
}

/// What follows the unit of time with which the text goes on, if it does.
fn after_unit_of_time(text: &str) -> Option<&str> {
    let text = text.strip_prefix(' ').unwrap_or(text);
    let end = text
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(text.len());
    let (unit, rest) = text.split_at(end);
    matches!(unit, "ns" | "µs" | "us" | "ms" | "s").then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_times_ratios_and_ports_and_nothing_else() {
        assert_eq!(
            mask("200   1024 B  12.5 ms  /a1 10.20"),
            "200 1024 B # /a1 10.20"
        );
        assert_eq!(mask("took 3s, 4.1 × faster"), "took #, # × faster");
        assert_eq!(
            mask("http://127.0.0.1:4711/page2 v7s"),
            "http://127.0.0.1:#/page2 v7s"
        );
        assert_eq!(mask("3 seconds, 12 sheep"), "3 seconds, 12 sheep");
    }

    #[test]
    fn any_order_keeps_every_line() {
        assert_eq!(lines("b\na\na\n", Mode::AnyOrder), ["a", "a", "b"]);
        assert_ne!(
            lines("b\na\n", Mode::AnyOrder),
            lines("a\nb\nb\n", Mode::AnyOrder)
        );
        assert_ne!(lines("b\na\n", Mode::Exact), lines("a\nb\n", Mode::Exact));
    }
}

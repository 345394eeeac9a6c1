//! What the demonstration prints is what the book says, and its twin counts the same.
#![cfg(unix)]

use std::env;
use std::process::{Command, Stdio};

use demo::transcript::{self, Mode};

const PROGRAM: &str = env!("CARGO_BIN_EXE_process-pool");
const OUTPUT: &str = include_str!("../output.txt");

#[test]
fn prints_what_the_book_says() {
    transcript::check(PROGRAM, &[], OUTPUT, Mode::Exact);
}

#[test]
fn refuses_arguments() {
    let output = Command::new(PROGRAM).arg("7").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 1);
    assert!(output.stdout.is_empty());
}

#[test]
fn ends_when_nobody_reads() {
    let mut child = Command::new(PROGRAM)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(!errors.contains("panicked"), "{errors}");
}

#[test]
fn the_twin_counts_the_same_and_loses_the_rest() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/twin.py");
    let twin = match Command::new("python3").arg(script).output() {
        Ok(twin) => twin,
        Err(error) if env::var_os("REQUIRE_TWINS").is_none() => {
            println!("skipped: python3 does not start: {error}");
            return;
        }
        Err(error) => panic!("REQUIRE_TWINS is set, but python3 does not start: {error}"),
    };
    assert!(
        twin.status.success(),
        "{}",
        String::from_utf8_lossy(&twin.stderr)
    );
    let twin = String::from_utf8(twin.stdout).unwrap();
    let undisturbed = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("undisturbed:"));
        line.map(str::to_owned)
    };
    assert!(undisturbed(&twin).is_some(), "{twin}");
    assert_eq!(undisturbed(&twin), undisturbed(OUTPUT));
    assert_eq!(twin.matches("BrokenProcessPool").count(), 2, "{twin}");
}

//! What the demonstration prints, and that it minds its manners.

use demo::transcript::{self, Mode};
use std::io;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_event-loop");

#[test]
fn prints_what_the_page_shows() {
    transcript::check(PROGRAM, &[], include_str!("../output.txt"), Mode::Exact);
}

#[test]
fn refuses_arguments() {
    let output = Command::new(PROGRAM).arg("--help").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert_one_line(&output);
}

#[test]
fn a_closed_pipe_is_an_error_and_no_panic() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = Command::new(PROGRAM).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_one_line(&output);
}

fn assert_one_line(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

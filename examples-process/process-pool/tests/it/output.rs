//! The demonstration prints what the book shows, and its twin counts the same.
#![cfg(unix)]

use testing::transcript::{self, Mode};
use testing::twin;

const PROGRAM: &str = env!("CARGO_BIN_EXE_process-pool");
const OUTPUT: &str = include_str!("../../output.txt");

#[test]
fn prints_what_the_book_says() {
    transcript::check(PROGRAM, &[], OUTPUT, Mode::Exact);
}

#[test]
fn refuses_arguments_and_minds_a_closed_pipe() {
    transcript::check_manners(PROGRAM);
}

#[test]
fn the_twin_counts_the_same_and_loses_the_other_tasks() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let undisturbed = |text: &str| {
        let mut lines = text.lines().map(str::trim);
        let line = lines.find(|line| line.starts_with("no worker dies:"));
        line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
    };
    assert!(undisturbed(&twin).is_some(), "{twin}");
    assert_eq!(undisturbed(&twin), undisturbed(OUTPUT));
    assert_eq!(twin.matches("BrokenProcessPool").count(), 2, "{twin}");
}

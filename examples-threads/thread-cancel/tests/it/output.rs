//! What the demonstration prints, and how it treats arguments and a closed pipe.

use testing::transcript::{self, Mode};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thread-cancel");

#[test]
fn prints_what_the_page_shows() {
    transcript::check(PROGRAM, &[], include_str!("../../output.txt"), Mode::Exact);
}

#[test]
fn refuses_arguments_and_survives_a_closed_pipe() {
    transcript::check_manners(PROGRAM);
}

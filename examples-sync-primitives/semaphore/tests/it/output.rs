//! What the demonstration prints, and how it fails.

use testing::transcript::{self, Mode};

const PROGRAM: &str = env!("CARGO_BIN_EXE_semaphore");

#[test]
fn prints_what_the_page_shows() {
    let _limit = testing::watchdog::limit();
    transcript::check(PROGRAM, &[], include_str!("../../output.txt"), Mode::Exact);
}

#[test]
fn refuses_arguments_and_survives_a_closed_pipe() {
    let _limit = testing::watchdog::limit();
    transcript::check_manners(PROGRAM);
}

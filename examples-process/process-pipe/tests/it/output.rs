//! What the demonstration prints, and how it treats arguments and a closed pipe.

use crate::PROGRAM;
use testing::transcript::{self, Mode};

#[test]
#[cfg(unix)] // where a status is an `exit status: 0`; Windows says `exit code: 0`
fn prints_what_the_page_shows() {
    transcript::check(PROGRAM, &[], include_str!("../../output.txt"), Mode::Exact);
}

#[test]
fn refuses_arguments_and_survives_a_closed_pipe() {
    transcript::check_manners(PROGRAM);
}

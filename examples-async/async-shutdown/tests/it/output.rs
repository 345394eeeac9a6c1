//! What the demonstration prints, and how it treats arguments and a closed pipe.

use testing::transcript;

const PROGRAM: &str = env!("CARGO_BIN_EXE_async-shutdown");

/// It sends Unix signals, and the words of an exit status are those of the system.
#[cfg(target_os = "linux")]
#[test]
fn prints_what_the_page_shows() {
    let expected = include_str!("../../output.txt");
    transcript::check(PROGRAM, &[], expected, transcript::Mode::Exact);
}

#[test]
fn refuses_arguments_and_survives_a_closed_pipe() {
    transcript::check_manners(PROGRAM);
}

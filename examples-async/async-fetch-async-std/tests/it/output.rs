//! The demonstration prints what the book shows.

use testing::transcript::{self, Mode};

#[test]
fn prints_what_output_txt_says() {
    let program = env!("CARGO_BIN_EXE_async-fetch-async-std");
    transcript::check(program, &[], include_str!("../../output.txt"), Mode::Masked);
}

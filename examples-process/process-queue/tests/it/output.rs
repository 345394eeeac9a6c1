//! What the demonstration prints, and how it treats arguments and a missing server.

use crate::{PROGRAM, server};
use std::process::Command;
use testing::transcript::{self, Mode};

#[test]
fn prints_what_the_page_shows() {
    if server().is_some() {
        transcript::check(PROGRAM, &[], include_str!("../../output.txt"), Mode::Exact);
    }
}

#[test]
fn refuses_arguments_and_survives_a_closed_pipe() {
    if server().is_some() {
        transcript::check_manners(PROGRAM);
    }
}

#[test]
fn without_a_server_it_says_how_to_get_it() {
    let output = Command::new(PROGRAM)
        .env("NATS_SERVER", "no-such-server")
        .output();
    let output = output.expect("it can be started");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).expect("it prints text");
    assert!(said.contains("apt install nats-server"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

//! The integration tests of `process-signal`, in one binary.
#![cfg(unix)]

mod behaviour;
mod examples;
mod output;
mod traps;

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_process-signal");

/// Starts it and waits for its first line. Its input and output are pipes.
fn start(command: &mut Command, first: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it can be started");
    let stdout = child.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(stdout).lines();
    let line = lines.next().expect("it prints").expect("it prints text");
    assert_eq!(line, first);
    (child, lines)
}

fn send(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    let kill = Command::new("kill").args(["-s", signal, &pid]).status();
    assert!(kill.expect("every Unix has kill").success());
}

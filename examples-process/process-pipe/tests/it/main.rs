//! The integration tests of `process-pipe`, in one binary.

mod communicate;
mod examples;
mod lines;
mod output;
mod traps;

use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_process-pipe");

/// The demonstration's child, which works on every system.
fn child(task: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["child", task]);
    command
}

/// A script with arguments `$1` and so on.
#[cfg(unix)]
fn shell(script: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).args(arguments);
    command
}

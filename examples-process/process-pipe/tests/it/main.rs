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

/// How many descriptors this process has, and how many children that nobody has waited for.
#[cfg(target_os = "linux")]
fn descriptors_and_children() -> (usize, usize) {
    let ours = std::process::id().to_string();
    let open = std::fs::read_dir("/proc/self/fd").expect("Linux has it");
    let processes = std::fs::read_dir("/proc").expect("Linux has it");
    let children = processes.flatten().filter(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        let parent = stat
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.split(' ').nth(1));
        parent == Some(&ours)
    });
    (open.count(), children.count())
}

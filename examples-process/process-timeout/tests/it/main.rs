//! The integration tests of `process-timeout`, in one binary.
#![cfg(unix)]

mod behaviour;
mod examples;
mod output;
mod traps;

use std::process::Command;

/// A script with arguments `$1` and so on.
fn shell(script: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).args(arguments);
    command
}

/// Waits until the process has ended. It may stay in the process table: its parent is not this one.
fn assert_ends(pid: &str) {
    let stat = format!("/proc/{pid}/stat");
    for _ in 0..6_000 {
        let alive = Command::new("kill").args(["-0", pid]).output();
        let alive = alive.expect("every Unix has kill").status.success();
        if !alive || std::fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") Z ")) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(pid, "has ended");
}

//! The traps of the page.

use crate::shell;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::process::{self, Command, Output, Stdio};
use std::thread;
use std::time::Duration;
use testing::watchdog;

// ANCHOR: one_process
/// Wrong: the signal reaches the shell alone. What it started still holds the pipe.
fn kill_the_command(mut command: Command) -> io::Result<Output> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    thread::sleep(Duration::from_millis(300));
    child.kill()?;
    child.wait_with_output() // reads until everybody has closed the pipe
}
// ANCHOR_END: one_process

// ANCHOR: group
/// Right: the command gets a group of its own, and the signal reaches all of the group.
fn kill_the_group(mut command: Command) -> io::Result<Output> {
    use std::os::unix::process::CommandExt;
    let child = command.stdout(Stdio::piped()).process_group(0).spawn()?;
    thread::sleep(Duration::from_millis(300));
    kill_process_group(Pid::from_child(&child), Signal::KILL)?;
    child.wait_with_output()
}
// ANCHOR_END: group

/// Starts a process that has the pipe and ends with this test's process.
fn with_a_grandchild() -> Command {
    let ours = process::id().to_string();
    let script = "while kill -0 \"$1\" 2> /dev/null; do sleep 0.1; done & wait";
    shell(script, &[&ours])
}

#[test]
fn to_kill_the_command_alone_hangs() {
    watchdog::assert_hangs("traps::to_kill_the_command_alone_hangs", "kills", || {
        println!("kills");
        let _ = kill_the_command(with_a_grandchild());
    });
}

#[test]
fn to_kill_the_group_ends() {
    watchdog::assert_ends(|| {
        let output = kill_the_group(with_a_grandchild()).unwrap();
        assert!(!output.status.success());
    });
}

// ANCHOR: after_wait
/// Wrong: after `wait` the number is free, and another group may have it.
fn kill_after_wait(mut command: Command) -> io::Result<()> {
    use std::os::unix::process::CommandExt;
    let mut child = command.process_group(0).spawn()?;
    let group = Pid::from_child(&child);
    child.wait()?;
    Ok(kill_process_group(group, Signal::KILL)?)
}
// ANCHOR_END: after_wait

#[test]
fn after_the_wait_there_is_no_such_process() {
    let error = kill_after_wait(Command::new("true")).unwrap_err();
    assert_eq!(error.to_string(), "No such process (os error 3)");
}

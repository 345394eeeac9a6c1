//! The traps of the page.

#![expect(
    clippy::unwrap_used,
    reason = "the functions beside the tests are shown on the page"
)]

use crate::child;
use std::io::{self, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use testing::watchdog;

// ANCHOR: write_first
/// Wrong: nobody reads the child's output while we write, so both wait.
fn write_then_read(mut command: Command, input: &[u8]) -> io::Result<Vec<u8>> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    child.stdin.take().unwrap().write_all(input)?;
    Ok(child.wait_with_output()?.stdout)
}
// ANCHOR_END: write_first

// ANCHOR: wait_first
/// Wrong: the child waits for someone to read, and we wait for the child.
fn wait_then_read(mut command: Command) -> io::Result<(ExitStatus, Vec<u8>)> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let status = child.wait()?;
    let mut bytes = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut bytes)?;
    Ok((status, bytes))
}
// ANCHOR_END: wait_first

// ANCHOR: read_first
/// Right: `wait_with_output` reads to the end, and then waits.
fn read_then_wait(mut command: Command) -> io::Result<(ExitStatus, Vec<u8>)> {
    let child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.wait_with_output()?;
    Ok((output.status, output.stdout))
}
// ANCHOR_END: read_first

// ANCHOR: open_stdin
/// Wrong: `stdin` lives to the end of the function, so the child's input never ends.
fn stdin_stays_open(mut command: Command) -> io::Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"hello")?;
    let mut answer = String::new();
    child.stdout.take().unwrap().read_to_string(&mut answer)?;
    child.wait()?;
    Ok(answer)
}
// ANCHOR_END: open_stdin

// ANCHOR: closed_stdin
/// Right: dropping `stdin` closes it.
fn stdin_is_closed(mut command: Command) -> io::Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"hello")?; // short: with more, a thread writes
    drop(stdin);
    let mut answer = String::new();
    child.stdout.take().unwrap().read_to_string(&mut answer)?;
    child.wait()?;
    Ok(answer)
}
// ANCHOR_END: closed_stdin

#[test]
fn to_write_all_before_reading_hangs() {
    watchdog::assert_hangs("traps::to_write_all_before_reading_hangs", "writes", || {
        println!("writes");
        let _ = write_then_read(child("upper"), &[b'a'; 1 << 20]);
    });
}

/// Both pipes hold it, so the mistake is not seen with a short input.
#[test]
fn to_write_little_before_reading_works() {
    watchdog::assert_ends(|| {
        let output = write_then_read(child("upper"), b"hello").unwrap();
        assert_eq!(output, b"HELLO");
    });
}

#[test]
fn to_wait_before_reading_hangs() {
    watchdog::assert_hangs("traps::to_wait_before_reading_hangs", "waits", || {
        println!("waits");
        let _ = wait_then_read(child("many"));
    });
}

#[test]
fn to_read_before_waiting_works() {
    watchdog::assert_ends(|| {
        let (status, bytes) = read_then_wait(child("many")).unwrap();
        assert!(status.success());
        assert_eq!(bytes.len(), 1 << 20);
    });
}

#[test]
fn an_input_that_stays_open_hangs() {
    watchdog::assert_hangs("traps::an_input_that_stays_open_hangs", "asks", || {
        println!("asks");
        let _ = stdin_stays_open(child("upper"));
    });
}

#[test]
fn an_input_that_is_closed_ends() {
    watchdog::assert_ends(|| {
        assert_eq!(stdin_is_closed(child("upper")).unwrap(), "HELLO");
    });
}

// ANCHOR: whole_line
/// Wrong: there is no program whose name is `sort -r`.
fn name_with_arguments() -> io::Result<ExitStatus> {
    Command::new("sort -r").status()
}
// ANCHOR_END: whole_line

// ANCHOR: arguments
/// Right: each argument is passed alone, and no shell reads it.
fn name_and_arguments() -> io::Result<ExitStatus> {
    Command::new("sort").arg("-r").stdin(Stdio::null()).status()
}
// ANCHOR_END: arguments

#[test]
#[cfg(unix)]
fn a_command_line_is_no_program() {
    let error = name_with_arguments().unwrap_err();
    assert_eq!(error.to_string(), "No such file or directory (os error 2)");
    assert!(name_and_arguments().unwrap().success());
}

/// `println!` in the child would print at the end if it did not end lines: Rust's stdout is line
/// buffered. C's and Python's are not when they write into a pipe.
#[test]
#[cfg(unix)]
fn python_keeps_lines_back_until_it_is_told_not_to() {
    use crate::shell;
    let Ok(true) = Command::new("python3")
        .arg("-c")
        .arg("")
        .status()
        .map(|s| s.success())
    else {
        assert!(
            std::env::var_os("REQUIRE_TWINS").is_none(),
            "python3 is needed"
        );
        eprintln!("skipped: there is no python3");
        return;
    };
    // It prints a line, and then kills itself, so that nothing is flushed at the end.
    let script = "import os, signal; print('line'); os.kill(os.getpid(), signal.SIGKILL)";
    for (option, expected) in [("-B", ""), ("-u", "line\n")] {
        let mut python = shell("exec python3 \"$1\" -c \"$2\"", &[option, script]);
        python.env_remove("PYTHONUNBUFFERED"); // which means `-u`
        let output = process_pipe::communicate(python, b"", 100).unwrap();
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            expected,
            "{option}"
        );
    }
}

//! Whoever runs it is told that async-std was discontinued; a program that reads the output is not.

use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_async-fetch-async-std");

#[test]
fn help_says_it() {
    let output = Command::new(PROGRAM).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("discontinued in March 2025"), "{help}");
}

/// The terminal is one that `script` of util-linux makes.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_told() {
    // Nobody listens there, and nothing else is printed on standard error.
    let run = |program: &mut Command| {
        let output = program.env("TERM", "dumb").output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    };
    let in_a_terminal = run(Command::new("script").args([
        "--quiet",
        "--return",
        "--command",
        &format!("{PROGRAM} --json http://127.0.0.1:9/"),
        "/dev/stdout",
    ]));
    assert!(
        in_a_terminal.contains("its authors say: use smol"),
        "{in_a_terminal}"
    );
    let in_a_pipe = run(Command::new(PROGRAM).args(["--json", "http://127.0.0.1:9/"]));
    assert!(!in_a_pipe.contains("smol"), "{in_a_pipe}");
}

//! The programs in `examples` do what the page says.

use crate::{send, start};
use std::env;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use testing::child::example;

#[test]
fn the_short_version_finishes_its_work_and_ends_by_the_signal() {
    let mut command = example("process-signal-idea");
    let command = command.stdin(std::process::Stdio::null());
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut lines = std::io::BufRead::lines(stdout);
    let first = lines.next().unwrap().unwrap();
    assert_eq!(first, format!("kill {}", child.id()));
    send(&child, "INT");
    assert_eq!(lines.next().unwrap().unwrap(), "finished");
    assert_eq!(child.wait().unwrap().signal(), Some(2));
}

fn cleans_up(command: &mut Command) {
    let (mut child, lines) = start(command, "ready");
    send(&child, "TERM");
    let lines: Vec<String> = lines.map_while(Result::ok).collect();
    assert_eq!(lines, ["cleaned up"]);
    let status = child.wait().expect("it is our child");
    assert_eq!(status.signal(), Some(15));
}

#[test]
fn both_sides_of_the_construct_clean_up_and_end_by_the_signal() {
    cleans_up(&mut example("process-signal-construct"));
    let python = Command::new("python3").args(["-c", ""]).status();
    if python.is_ok_and(|status| status.success()) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/twin.py");
        cleans_up(Command::new("python3").arg(script));
    } else {
        assert!(env::var_os("REQUIRE_TWINS").is_none(), "python3 is needed");
        eprintln!("skipped: there is no python3");
    }
}

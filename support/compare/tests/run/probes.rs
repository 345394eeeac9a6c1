//! Programs of others that do not answer, and what a killed run leaves behind.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// A folder of programs in the shell's language, to be found before the real ones.
fn programs(name: &str, programs: &[(&str, &str)]) -> PathBuf {
    let folder = crate::scratch(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("tmp")).unwrap();
    for (program, text) in programs {
        let file = folder.join(program);
        fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// `compare` with these programs and no others but those of the system. Its temporary files are in
/// the same folder.
fn compare(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compare"));
    command
        .args(arguments)
        .args(["--rounds=2", "--json"])
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .env("TMPDIR", folder.join("tmp"))
        .env("LOG", folder.join("log"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn temporary(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("tmp")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

/// Waits until the process is gone. A zombie whose parent does not wait for it counts as gone.
fn assert_gone(process: &str) {
    loop {
        match fs::read_to_string(format!("/proc/{process}/stat")) {
            Ok(stat) if !stat.contains(") Z ") => thread::sleep(Duration::from_millis(10)),
            _ => return,
        }
    }
}

#[test]
fn an_interpreter_that_hangs_is_given_up_at_the_limit() {
    let _limit = testing::watchdog::limit();
    let hangs = "echo $$ >> \"$LOG\"; exec sleep 600";
    let folder = programs("hanging-python", &[("python3", hangs)]);
    let arguments = ["--models=sequential,python,python-threads", "--numbers=9"];
    let arguments = [&["cpu", "--limit=1s"], &arguments[..]].concat();
    let output = compare(&folder, &arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let left_out = document["left_out"].to_string();
    let said = "Python: python3 did not tell its version within 1s";
    assert!(left_out.contains(said), "{left_out}");
    let rows = document["rows"].as_array().unwrap();
    assert!(!rows.is_empty(), "the rest was not measured");
    assert!(
        rows.iter().all(|row| row["model"] == "sequential"),
        "{rows:?}"
    );
    // One question, so one limit, however many rows want it; and it is not left behind.
    let log = fs::read_to_string(folder.join("log")).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert_gone(log.trim());
}

/// A run that builds the peer in Go, which takes forever, in a folder for temporary files.
fn building(name: &str) -> (PathBuf, Child) {
    let go = "case $1 in env) echo go1.99;; *) echo $$ >> \"$LOG\"; exec sleep 600;; esac";
    let folder = programs(name, &[("go", go)]);
    let arguments = [
        "io",
        "--models=tokio,go-http",
        "--concurrency=1",
        "--delay=0",
    ];
    let child = compare(&folder, &arguments).spawn().unwrap();
    while fs::read_to_string(folder.join("log")).map_or(true, |log| !log.ends_with('\n')) {
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(temporary(&folder).len(), 1);
    (folder, child)
}

fn signal(name: &str, process: &str) {
    let sent = Command::new("kill").args([name, process]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn a_run_that_is_terminated_removes_its_folder() {
    let _limit = testing::watchdog::limit();
    for ends in ["-INT", "-TERM"] {
        let (folder, child) = building("terminated");
        signal(ends, &child.id().to_string());
        child.wait_with_output().unwrap();
        assert_eq!(temporary(&folder), [""; 0], "{ends}");
        let log = fs::read_to_string(folder.join("log")).unwrap();
        assert_gone(log.trim());
    }
}

/// SIGKILL leaves no time to clean up. The next run does, and leaves alone what others use.
#[test]
fn the_folder_of_a_killed_run_is_removed_by_the_next() {
    let _limit = testing::watchdog::limit();
    let (folder, mut child) = building("killed");
    child.kill().unwrap();
    child.wait().unwrap();
    let log = fs::read_to_string(folder.join("log")).unwrap();
    let _ = Command::new("kill").args(["-KILL", log.trim()]).status();
    let abandoned = temporary(&folder);
    assert_eq!(abandoned.len(), 1, "the test needs one");
    let (prefix, _) = abandoned[0].rsplit_once('-').unwrap();
    let mine = format!("{prefix}-{}", std::process::id());
    let other = format!("{prefix}-of-somebody");
    for name in [&mine, &other] {
        fs::create_dir(folder.join("tmp").join(name)).unwrap();
    }
    let arguments = ["cpu", "--models=sequential", "--numbers=9", "--no-peers"];
    let output = compare(&folder, &arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut left = temporary(&folder);
    left.sort();
    let mut expected = [mine, other];
    expected.sort();
    assert_eq!(left, expected);
}

/// A reader sees first what follows from the figures, then the figures, then how they were made.
#[test]
fn a_report_begins_with_its_headlines_and_charts() {
    let _limit = testing::watchdog::limit();
    let folder = programs("report-order", &[]);
    let report = folder.join("report.html");
    let report = report.to_str().unwrap();
    let models = "--models=sequential,scope,rayon";
    let arguments = [
        "cpu",
        models,
        "--numbers=9000",
        "--no-peers",
        "--report",
        report,
    ];
    let output = compare(&folder, &arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let page = fs::read_to_string(report).unwrap();
    let place = |part: &str| {
        page.find(part)
            .unwrap_or_else(|| panic!("no {part}: {page}"))
    };
    let begins = place("<h1>");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = document["advice"].as_array().unwrap().len().min(5);
    let headlines = place(if count == 0 {
        "<p>Nothing"
    } else {
        "<li><strong>"
    });
    let chart = place("<svg ");
    let last_chart = page.rfind("<svg ").unwrap();
    let order = [
        begins,
        headlines,
        chart,
        last_chart,
        place("<h2>All figures"),
        place("<h2>This run"),
    ];
    assert!(order.is_sorted(), "{order:?}: {page}");
    // At most five headlines before the first chart, and nothing about the machine.
    let before = &page[begins..chart];
    assert_eq!(before.matches("<li>").count(), count, "{before}");
    let is_there = |part| before.contains(part);
    assert!(!is_there("<dl>") && !is_there("<table"), "{before}");
}

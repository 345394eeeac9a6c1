//! Every program under `examples/`, in a child process: it comes to the point where it hangs, and
//! there it hangs, until the watchdog stops it.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

#[path = "../examples/detection.rs"]
mod detection;
#[path = "../examples/parallel.rs"]
mod parallel;
#[path = "../examples/philosophers.rs"]
mod philosophers;
#[path = "../examples/readers.rs"]
mod readers;
#[path = "../examples/twice.rs"]
mod twice;

const CHILD: &str = "THIS_IS_THE_CHILD";
const PATIENCE: Duration = Duration::from_millis(300);

#[test]
fn every_philosopher_holds_one_fork_and_waits_for_the_next() {
    if is_child() {
        return philosophers::main().unwrap();
    }
    hangs(
        "every_philosopher_holds_one_fork_and_waits_for_the_next",
        &["5 of 5 forks are taken"],
    );
}

#[test]
fn a_match_holds_its_lock_while_the_arm_locks_again() {
    if is_child() {
        return twice::main().unwrap();
    }
    hangs(
        "a_match_holds_its_lock_while_the_arm_locks_again",
        &["in the arm, the lock is held: true"],
    );
}

#[test]
fn a_second_read_waits_for_the_writer_that_waits_for_the_first() {
    if is_child() {
        return readers::main().unwrap();
    }
    hangs(
        "a_second_read_waits_for_the_writer_that_waits_for_the_first",
        &["a reader holds the lock, a writer waits"],
    );
}

#[test]
fn rayon_runs_another_job_on_the_thread_that_holds_the_lock() {
    if is_child() {
        return parallel::main().unwrap();
    }
    hangs(
        "rayon_runs_another_job_on_the_thread_that_holds_the_lock",
        &[
            "of a copy:",
            "another job, on the same thread: true",
            "the total is done",
            "under the lock:",
            "another job, on the same thread: true",
        ],
    );
}

#[test]
fn parking_lot_finds_the_circle_and_the_lines_that_wait() {
    if is_child() {
        return detection::main().unwrap();
    }
    let mut child = child("parking_lot_finds_the_circle_and_the_lines_that_wait");
    let mut said = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(said.contains("3 threads wait for each other"), "{said}");
    assert_eq!(said.matches("ThreadId(").count(), 3, "{said}");
    assert!(said.matches("detection.rs").count() >= 3, "{said}");
}

fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// This test binary, told to run one test, in which it finds itself the child.
fn child(test: &str) -> Child {
    Command::new(env::current_exe().expect("it runs"))
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a test binary can start itself")
}

/// Asserts that the child says these lines, and then neither says more nor ends. Once it has said
/// them it cannot end, so the time given decides nothing: a longer one would see the same.
fn hangs(test: &str, lines: &[&str]) {
    let mut child = child(test);
    let stdout = child.stdout.take().expect("it is piped");
    let mut said = BufReader::new(stdout).lines().map_while(Result::ok);
    for line in lines {
        let found = said.by_ref().find(|said| said.ends_with(line));
        assert!(found.is_some(), "it ended before it said: {line}");
    }
    thread::sleep(PATIENCE);
    let ended = child.try_wait().expect("it was started");
    child.kill().expect("it hangs, or it has ended");
    child.wait().expect("it was started");
    assert_eq!(ended, None, "it does not hang");
    assert_eq!(said.next(), None, "it went on");
}

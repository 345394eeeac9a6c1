//! Every program under `examples/`, in a child process: it comes to the point where it hangs, and
//! there it hangs, until the watchdog stops it.

use testing::child::again;
use testing::watchdog::assert_hangs;

#[path = "../../examples/detection.rs"]
mod detection;
#[path = "../../examples/parallel.rs"]
mod parallel;
#[path = "../../examples/philosophers.rs"]
mod philosophers;
#[path = "../../examples/readers.rs"]
mod readers;
#[path = "../../examples/twice.rs"]
mod twice;

#[test]
fn every_philosopher_holds_one_fork_and_waits_for_the_next() {
    assert_hangs(
        "hangs::every_philosopher_holds_one_fork_and_waits_for_the_next",
        "5 of 5 forks are locked",
        || philosophers::main().unwrap(),
    );
}

#[test]
fn a_match_holds_its_lock_while_the_arm_locks_again() {
    assert_hangs(
        "hangs::a_match_holds_its_lock_while_the_arm_locks_again",
        "the lock is still held: true",
        || twice::main().unwrap(),
    );
}

#[test]
fn a_second_read_waits_for_the_writer_that_waits_for_the_first() {
    assert_hangs(
        "hangs::a_second_read_waits_for_the_writer_that_waits_for_the_first",
        "the writer waits for the first reader",
        || readers::main().unwrap(),
    );
}

/// The copy comes first, and is done when the line of the other is printed.
#[test]
fn rayon_runs_another_job_on_the_thread_that_holds_the_lock() {
    assert_hangs(
        "hangs::rayon_runs_another_job_on_the_thread_that_holds_the_lock",
        "under the lock: another job, same thread: true",
        || parallel::main().unwrap(),
    );
}

#[test]
fn parking_lot_finds_the_circle_and_the_lines_that_wait() {
    let _limit = testing::watchdog::limit();
    let test = "hangs::parking_lot_finds_the_circle_and_the_lines_that_wait";
    let Some(mut child) = again(test) else {
        return detection::main().unwrap();
    };
    let output = child.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("3 threads wait for each other"), "{said}");
    assert_eq!(said.matches("ThreadId(").count(), 3, "{said}");
    assert!(said.matches("detection.rs").count() >= 3, "{said}");
}

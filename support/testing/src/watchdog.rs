//! Tests of what must not hang, and of what must: a hang fails a test by its name.

#![expect(
    clippy::panic,
    reason = "it is the body of a test, and panics to fail it"
)]

use std::io::{self, BufRead, BufReader, Write as _};
use std::panic::resume_unwind;
use std::process::{self, Child, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::child::{again, end_with_parent};

/// How long a program may take to its line, on a machine that has much else to do.
const START: Duration = Duration::from_secs(60);
/// How long a program is left alone that should hang. One that does not hang needs no time at all,
/// so this decides nothing: it gives a program that should not go on the opportunity.
const LEFT_ALONE: Duration = Duration::from_millis(500);

/// Runs `body` on a thread of its own. If it hangs, this fails the test that calls it, by name,
/// instead of stopping the whole run. A panic of `body` fails it as well.
///
/// # Panics
/// If `body` does, or does not end within a minute.
pub fn assert_ends(body: impl FnOnce() + Send + 'static) {
    assert_ends_within(START, body);
}

/// Like [`assert_ends`], with a limit.
fn assert_ends_within(limit: Duration, body: impl FnOnce() + Send + 'static) {
    let (ends, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let _dropped_at_the_end = ends;
        body();
    });
    if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
        panic!("it hangs: it did not end within {limit:?}");
    }
    if let Err(panic) = thread.join() {
        resume_unwind(panic);
    }
}

/// Ends the process with the name of the test that calls this, unless the result is dropped within
/// a minute. For a body that cannot move to another thread, as [`assert_ends`] asks.
#[must_use = "the limit ends when it is dropped"]
pub fn limit() -> Limit {
    limit_within(START)
}

/// Like [`limit()`], with a limit of its own, for a test that may take longer than a minute.
#[must_use = "the limit ends when it is dropped"]
pub fn limit_within(limit: Duration) -> Limit {
    let (end, ended) = mpsc::channel();
    let test = thread::current().name().unwrap_or("a test").to_owned();
    thread::spawn(move || {
        if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            // Not by `eprintln!`: the test harness keeps what that prints until the test ends.
            let _ = writeln!(
                io::stderr(),
                "{test} hangs: it did not end within {limit:?}"
            );
            process::exit(1);
        }
    });
    Limit { _end: end }
}

/// Made by [`limit`].
#[derive(Debug)]
pub struct Limit {
    _end: mpsc::Sender<()>,
}

/// Asserts that `body` prints the line `before` and then neither prints nor ends. `test` is the name
/// of the test that calls this: it runs in a child process, this very test binary, which is killed.
///
/// # Panics
/// If it ends, says more, or does not get as far within a minute.
pub fn assert_hangs(test: &str, before: &str, body: fn()) {
    assert_hangs_after(START, test, before, body);
}

fn assert_hangs_after(start: Duration, test: &str, before: &str, body: fn()) {
    let Some(mut child) = again(test) else {
        end_with_parent();
        return body();
    };
    let child = child.stdin(Stdio::piped()).stdout(Stdio::piped());
    let child = child.stderr(Stdio::null()).spawn();
    let mut child = Killed(child.expect("a test binary can start itself"));
    let printed = child.0.stdout.take().expect("it is piped");
    // To read has no time limit. To receive has one.
    let (lines, said) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(printed).lines() {
            let _ = lines.send(line.expect("it prints text"));
        }
    });
    loop {
        match said.recv_timeout(start) {
            Ok(line) if line == before => break,
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => panic!("it hung and did not say {before:?}"),
            Err(RecvTimeoutError::Disconnected) => panic!("it ended and did not say {before:?}"),
        }
    }
    thread::sleep(LEFT_ALONE);
    if let Some(status) = child.0.try_wait().expect("it is our child") {
        panic!("it does not hang: {status}");
    }
    drop(child);
    let more: Vec<String> = said.iter().collect();
    assert!(more.is_empty(), "it went on: {}", more.join("\n"));
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // Both fail only if it has ended already, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait_forever() -> ! {
        loop {
            thread::park();
        }
    }

    #[test]
    fn a_body_that_ends_passes() {
        assert_ends(|| ());
    }

    #[test]
    #[should_panic(expected = "it hangs: it did not end within 50ms")]
    fn a_body_that_hangs_fails() {
        let (_kept, never) = mpsc::channel::<()>();
        assert_ends_within(Duration::from_millis(50), move || {
            let _ = never.recv();
        });
    }

    #[test]
    #[should_panic(expected = "meant")]
    fn a_body_that_panics_fails() {
        assert_ends(|| panic!("meant"));
    }

    /// As `cargo test` runs it: what the tests print is captured, and lost if the process ends.
    #[test]
    fn a_test_beyond_its_limit_is_named_although_output_is_captured() {
        let test = "watchdog::tests::a_test_beyond_its_limit_is_named_although_output_is_captured";
        if again(test).is_none() {
            let _limit = limit_within(Duration::from_millis(50));
            wait_forever();
        }
        let mut child = process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", test]);
        let output = child.env("THE_TEST_RUNS_AGAIN", "1").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("{test} hangs: ")), "{said}");
    }

    #[test]
    fn what_waits_for_ever_hangs() {
        let test = "watchdog::tests::what_waits_for_ever_hangs";
        assert_hangs(test, "waits", || {
            println!("waits");
            wait_forever();
        });
    }

    #[test]
    fn a_hang_is_found_by_a_single_test_thread_too() {
        let mut tests = process::Command::new(std::env::current_exe().unwrap());
        tests.args(["--exact", "watchdog::tests::what_waits_for_ever_hangs"]);
        let output = tests.env("RUST_TEST_THREADS", "1").output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(printed.contains("1 passed"), "{printed}");
    }

    #[test]
    #[should_panic(expected = "it does not hang")]
    fn what_ends_does_not_hang() {
        let test = "watchdog::tests::what_ends_does_not_hang";
        assert_hangs(test, "waits", || println!("waits"));
    }

    #[test]
    #[should_panic(expected = "it went on: longer")]
    fn what_says_more_goes_on() {
        let test = "watchdog::tests::what_says_more_goes_on";
        assert_hangs(test, "waits", || {
            println!("waits\nlonger");
            wait_forever();
        });
    }

    #[test]
    #[should_panic(expected = "it ended and did not say \"waits\"")]
    fn what_does_not_get_as_far_is_no_proof() {
        let test = "watchdog::tests::what_does_not_get_as_far_is_no_proof";
        assert_hangs(test, "waits", || ());
    }

    #[test]
    #[should_panic(expected = "it hung and did not say \"waits\"")]
    fn what_hangs_too_early_is_no_proof() {
        let test = "watchdog::tests::what_hangs_too_early_is_no_proof";
        assert_hangs_after(Duration::from_millis(500), test, "waits", || wait_forever());
    }
}

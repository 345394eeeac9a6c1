//! The pool with tasks that panic, die, hang, print, fork and forge answers.
//!
//! A worker is the running program started again, so this file has a `main` of its own that serves
//! first. Some tests start it again as a `subject`: a parent process that may be killed. No test
//! depends on timing. It waits for what must happen, and a watchdog fails a test that hangs.
#![allow(clippy::panic, reason = "tests, though clippy sees no #[test] here")]

#[cfg(unix)]
mod behaviour;
#[cfg(unix)]
mod deaths;
#[cfg(unix)]
mod subjects;
#[cfg(unix)]
mod traps;
#[cfg(unix)]
mod work;

use std::process::ExitCode;

#[cfg(not(unix))]
fn main() -> ExitCode {
    use process_pool::{Pool, Task};
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Nothing;
    impl Task for Nothing {
        type Output = ();
        fn run(self) {}
    }
    let error = Pool::<Nothing>::new(1).err().map(|error| error.kind());
    assert_eq!(error, Some(std::io::ErrorKind::Unsupported));
    ExitCode::SUCCESS
}

#[cfg(unix)]
fn main() -> ExitCode {
    if let Some(code) = subjects::run() {
        return code;
    }
    work::serve_all();
    let mut arguments = libtest_mimic::Arguments::from_args();
    // Most tests wait for a timeout or a child process, and cores would be idle with one test each.
    arguments.test_threads = arguments.test_threads.or(Some(8));
    let tests = [behaviour::TESTS, deaths::TESTS, subjects::TESTS]
        .into_iter()
        .flatten()
        .map(|(name, body)| libtest_mimic::Trial::test(*name, || watched(*body)))
        .collect();
    libtest_mimic::run(&arguments, tests).exit_code()
}

/// Fails the test by its name if it hangs.
#[cfg(unix)]
fn watched(body: fn() -> Result<(), libtest_mimic::Failed>) -> Result<(), libtest_mimic::Failed> {
    let (sender, receiver) = std::sync::mpsc::channel();
    testing::watchdog::assert_ends(move || {
        let _ = sender.send(body()); // The other end waits for it.
    });
    receiver.recv().map_err(|error| error.to_string())?
}

/// A test by its name and body.
#[cfg(unix)]
type Test = (&'static str, fn() -> Result<(), libtest_mimic::Failed>);

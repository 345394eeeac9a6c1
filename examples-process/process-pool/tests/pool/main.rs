//! The pool against work that panics, dies, hangs, prints, lies and is killed.
//!
//! A worker is the running program started again, so this file has a `main` of its own that serves
//! first. Some tests start it once more as a `subject`: a parent process that may be killed.
//! Time decides nothing here: what should end is waited for, and a watchdog ends a hang.
#![allow(clippy::panic, reason = "tests, though clippy sees no #[test] here")]

#[cfg(unix)]
mod behaviour;
#[cfg(unix)]
mod deaths;
#[cfg(unix)]
mod subjects;
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
    std::thread::spawn(|| {
        std::thread::sleep(std::time::Duration::from_secs(600));
        eprintln!("a test hangs");
        std::process::exit(101);
    });
    let arguments = libtest_mimic::Arguments::from_args();
    let tests = [behaviour::TESTS, deaths::TESTS, subjects::TESTS]
        .into_iter()
        .flatten()
        .map(|(name, body)| libtest_mimic::Trial::test(*name, body))
        .collect();
    libtest_mimic::run(&arguments, tests).exit_code()
}

/// A test by its name and body.
#[cfg(unix)]
type Test = (&'static str, fn() -> Result<(), libtest_mimic::Failed>);

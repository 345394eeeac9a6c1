//! Runs a test again in a child process, where it may fail, abort or hang.

use std::io::{self, Read};
use std::process::{self, Command};
use std::{env, thread};

use crate::watchdog;

/// This very test binary, to run `test` alone; `None` in the process that it starts.
///
/// # Panics
/// If the test binary is gone.
pub fn again(test: &str) -> Option<Command> {
    const CHILD: &str = "THE_TEST_RUNS_AGAIN";
    if env::var_os(CHILD).is_some() {
        return None;
    }
    let program = env::current_exe().expect("a test binary can find itself");
    let mut command = Command::new(program);
    command.args(["--exact", test, "--nocapture"]);
    command.env(CHILD, "1");
    Some(command)
}

/// The example `name` of the package whose test this is. `cargo test` builds it beside the tests.
///
/// # Panics
/// If it is not there, because cargo was asked for a single test binary.
pub fn example(name: &str) -> Command {
    let test = env::current_exe().expect("a test binary can find itself");
    let folder = test
        .ancestors()
        .nth(2)
        .expect("it is below target/debug/deps");
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let program = folder.join("examples").join(file);
    assert!(
        program.is_file(),
        "{} is not built: run cargo test without --test",
        program.display()
    );
    Command::new(program)
}

/// In a child process whose standard input is a pipe: ends it when its parent has ended, in whatever
/// way, for the system closes the pipe then.
pub(crate) fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(1);
    });
}

/// Asserts that `property` fails, and says `complaint`, when `test` runs it. The name of the test
/// begins with that of its crate, as [`module_path!`] does.
///
/// The complaint is looked for in all that the child prints, the name of the test and the path of its
/// file included. So it has to be the words of the failure itself: loom says `deadlock; threads =`.
///
/// In a child process because it may abort: loom unwinds the threads of an execution that failed
/// outside of any execution, where dropping a guard panics again.
///
/// # Panics
/// If the property holds, or fails with other words.
pub fn assert_caught(test: &str, complaint: &str, property: fn()) {
    // libtest's names leave out the crate.
    let name = test.split_once("::").map_or(test, |(_, name)| name);
    let Some(mut child) = again(name) else {
        return property();
    };
    // A bug may hang instead of failing. Then this test fails by name, and does not hang as well.
    let limit = watchdog::limit();
    let output = child.env("RUST_BACKTRACE", "0").output();
    let output = output.expect("a test binary can start itself");
    drop(limit);
    let said = [output.stdout, output.stderr]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat();
    assert!(
        said.contains("running 1 test"),
        "no test is named {name}:\n{said}"
    );
    assert!(
        !output.status.success(),
        "the model did not notice this mutant:\n{said}"
    );
    assert!(
        said.contains(complaint),
        "caught, but not with the words {complaint:?}:\n{said}"
    );
}

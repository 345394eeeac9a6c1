//! Runs a test again in a child process, where it may fail, abort or hang.

#![expect(
    clippy::panic,
    reason = "it is the body of a test, and panics to fail it"
)]

use std::io::{self, Read};
use std::process::{self, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, thread};

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
    // With one thread, libtest prints the test's name before it runs, on the line that the test
    // itself is going to print.
    command.args(["--exact", test, "--nocapture", "--test-threads=2"]);
    command.env(CHILD, "1");
    Some(command)
}

/// Runs `body` in a process of its own, this very test binary, with these environment variables.
/// For what a process has only once, or what tests beside it would disturb. `test` is the name of
/// the test that calls this.
///
/// # Panics
/// If `body` does, or if the binary has no such test.
pub fn alone(test: &str, variables: &[(&str, &str)], body: impl FnOnce()) {
    let Some(mut child) = again(test) else {
        return body();
    };
    let output = child.envs(variables.iter().copied()).output();
    let output = output.expect("a test binary can start itself");
    let said = printed(&output);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{}:\n{said}",
        output.status
    );
}

/// How many descriptors this process has open, and how many children that nobody has waited for.
/// Other tests change both, so this is for a test that runs [`alone`].
///
/// # Panics
/// If `/proc` is not as Linux has it.
#[cfg(target_os = "linux")]
#[must_use]
pub fn descriptors_and_children() -> (usize, usize) {
    let ours = process::id().to_string();
    let open = std::fs::read_dir("/proc/self/fd").expect("Linux has it");
    let processes = std::fs::read_dir("/proc").expect("Linux has it");
    let children = processes.flatten().filter(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        let parent = stat
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.split(' ').nth(1));
        parent == Some(&ours)
    });
    (open.count(), children.count())
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

/// How long the model of a property may take, on a machine that has much else to do: most take less
/// than a second.
const LIMIT: Duration = Duration::from_secs(300);

/// Asserts that `property` is true of the real source, when `test` runs it. The name of the test
/// begins with that of its crate, as [`module_path!`] does.
///
/// In a child process, as for [`assert_caught`]: an abort would end all tests, and name none.
///
/// # Panics
/// If the property fails, or does not end within five minutes.
pub fn assert_property(test: &str, property: fn()) {
    let Some((passed, said)) = run_again(LIMIT, "", test, property) else {
        return;
    };
    assert!(passed, "the property does not hold:\n{said}");
}

/// Asserts that `property` fails with the words `complaint`, when `test` runs it. The name of the
/// test begins with that of its crate, as [`module_path!`] does.
///
/// The complaint is looked for in everything that the child prints, which includes the name of the
/// test and the path of its file. So it has to be the words of the failure itself: loom prints
/// `deadlock; threads =`.
///
/// In a child process because it may abort: loom unwinds the threads of an execution that failed
/// outside of any execution, where dropping a guard panics again.
///
/// # Panics
/// If the property passes, fails with other words, or does not end within five minutes.
pub fn assert_caught(test: &str, complaint: &str, property: fn()) {
    assert_caught_within(LIMIT, "", test, complaint, property);
}

/// Like [`assert_caught`], for a bug that is planted in `place`, a file and a line. Its failure names
/// the place.
///
/// # Panics
/// Like [`assert_caught`].
pub fn assert_finds(place: &str, test: &str, complaint: &str, property: fn()) {
    let place = format!("planted bug: {place}\n");
    assert_caught_within(LIMIT, &place, test, complaint, property);
}

fn assert_caught_within(limit: Duration, place: &str, test: &str, complaint: &str, property: fn()) {
    let Some((passed, said)) = run_again(limit, place, test, property) else {
        return;
    };
    assert!(
        !passed,
        "{place}the property passed, so it does not find this bug:\n{said}"
    );
    assert!(
        said.contains(complaint),
        "{place}the property failed, but not with the words {complaint:?}:\n{said}"
    );
}

/// Whether `test` passes when it runs again, in a child process, and what that prints. `None` in the
/// child, where `property` has run.
fn run_again(limit: Duration, place: &str, test: &str, property: fn()) -> Option<(bool, String)> {
    // libtest's names leave out the crate.
    let name = test.split_once("::").map_or(test, |(_, name)| name);
    let Some(mut child) = again(name) else {
        end_with_parent();
        property();
        return None;
    };
    let child = child.env("RUST_BACKTRACE", "0").stdin(Stdio::piped());
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("a test binary can start itself");
    // The child ends when its standard input does.
    let input = child.stdin.take();
    let (end, ended) = mpsc::channel();
    thread::spawn(move || end.send(child.wait_with_output()));
    let output = ended.recv_timeout(limit);
    drop(input);
    let Ok(output) = output else {
        let late = ended.recv().expect("its input is closed, so it ends");
        let said = printed(&late.expect("it is our child"));
        panic!("{place}the property did not end within {limit:?}:\n{said}");
    };
    let output = output.expect("it is our child");
    let said = printed(&output);
    assert!(
        said.contains("running 1 test"),
        "no test is named {name}:\n{said}"
    );
    Some((output.status.success(), said))
}

fn printed(output: &Output) -> String {
    let text = [&*output.stdout, &*output.stderr].map(String::from_utf8_lossy);
    text.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_alone_has_the_variables() {
        let test = "child::tests::a_body_alone_has_the_variables";
        alone(test, &[("ALONE", "yes")], || {
            assert_eq!(env::var("ALONE").as_deref(), Ok("yes"));
        });
    }

    #[test]
    #[should_panic(expected = "0 passed")]
    fn a_test_that_is_not_there_fails() {
        alone("no_such_test", &[], || ());
    }

    #[test]
    fn a_property_that_fails_with_the_words_is_caught() {
        let test = "testing::child::tests::a_property_that_fails_with_the_words_is_caught";
        assert_finds("lib.rs:1", test, "the words", || panic!("the words"));
    }

    #[test]
    #[should_panic(expected = "planted bug: lib.rs:1\nthe property passed")]
    fn a_property_that_passes_fails_with_the_place() {
        let test = "testing::child::tests::a_property_that_passes_fails_with_the_place";
        let Some(_) = again("probe") else {
            // The child is this very test, which expects a panic: it ends before.
            process::exit(0);
        };
        assert_finds("lib.rs:1", test, "the words", || ());
    }

    #[test]
    #[should_panic(expected = "but not with the words \"the words\"")]
    fn a_property_that_fails_with_other_words_fails() {
        let test = "testing::child::tests::a_property_that_fails_with_other_words_fails";
        assert_caught(test, "the words", || process::exit(3));
    }

    #[test]
    #[should_panic(expected = "the property did not end within")]
    fn a_property_that_hangs_fails() {
        let test = "testing::child::tests::a_property_that_hangs_fails";
        assert_caught_within(Duration::from_secs(1), "", test, "", || {
            loop {
                thread::park();
            }
        });
    }
}

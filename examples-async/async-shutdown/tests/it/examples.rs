//! The programs in `examples` print what the page says, and so do their counterparts.

use testing::child::example;
#[cfg(unix)]
use testing::twin;

#[cfg(unix)]
const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_answers_what_is_under_way() {
    let _limit = testing::watchdog::limit();
    let mut lines: Vec<_> = printed("async-shutdown-idea")
        .lines()
        .map(str::to_owned)
        .collect();
    lines[1..4].sort(); // the order of the tasks is not promised
    let expected = [
        "stopping",
        "request 1 is answered",
        "request 2 is answered",
        "request 3 is answered",
        "clean",
    ];
    assert_eq!(lines, expected);
}

#[cfg(unix)] // they send themselves a signal
#[test]
fn the_counterparts_print_the_same() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-shutdown-construct");
    assert_eq!(ours, "answered\nClean\n");
    if let Some(theirs) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
    if let Some(theirs) = twin::node(FOLDER, "twin.mjs", &[]) {
        assert_eq!(theirs, ours);
    }
}

//! The programs in `examples` print what the page says, and so do their counterparts.

use testing::{child::example, twin};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_makes_every_call() {
    let _limit = testing::watchdog::limit();
    assert_eq!(printed("async-blocking-idea"), "calls: 20, not found: 20\n");
}

#[test]
fn the_counterparts_print_the_same() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-blocking-construct");
    assert_eq!(ours, "a task runs meanwhile\nthe call has returned\n");
    if let Some(theirs) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
    if let Some(theirs) = twin::node(FOLDER, "twin.mjs", &[]) {
        assert_eq!(theirs, ours);
    }
}

//! The programs in `examples` print what the page says, and so do their counterparts.

use testing::{child::example, twin};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_succeeds_at_the_third_attempt() {
    let _limit = testing::watchdog::limit();
    let expected =
        "attempt 1: Err(\"busy\")\nattempt 2: Err(\"busy\")\nattempt 3: Ok(\"a page\")\n";
    assert_eq!(printed("async-retry-idea"), expected);
}

#[test]
fn the_picture_of_the_page_is_of_this_run() {
    let _limit = testing::watchdog::limit();
    let picture = include_str!("../../../../docs/src/async/async-retry.svg");
    assert_eq!(printed("async-retry-picture"), picture);
}

#[test]
fn the_counterparts_print_the_same() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-retry-construct");
    assert_eq!(ours, "a page\ncalls: 3\n");
    if let Some(theirs) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
    if let Some(theirs) = twin::node(FOLDER, "twin.mjs", &[]) {
        assert_eq!(theirs, ours);
    }
}

//! The programs in `examples` print what the page says, and so do their counterparts.

use testing::{child::example, twin};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_loads_every_page_once() {
    let _limit = testing::watchdog::limit();
    let printed = printed("async-tasks-idea");
    let mut pages: Vec<_> = printed.lines().collect();
    pages.sort_unstable();
    let expected = ["page 0", "page 1", "page 2", "page 3", "page 4", "page 5"];
    assert_eq!(pages, expected);
}

#[test]
fn the_counterparts_print_the_same() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-tasks-construct");
    assert_eq!(ours, "[0, 1]\npage 2 is missing\n");
    if let Some(theirs) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
    if let Some(theirs) = twin::node(FOLDER, "twin.mjs", &[]) {
        assert_eq!(theirs, ours);
    }
}

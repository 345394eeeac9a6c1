//! The programs in `examples` print what the page says, and so do their counterparts.

use testing::{child::example, twin};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_runs_three_jobs() {
    let _limit = testing::watchdog::limit();
    assert_eq!(printed("async-interval-idea"), "job 1\njob 2\njob 3\n");
}

#[test]
fn the_counterparts_print_the_same() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-interval-construct");
    assert_eq!(ours, "job 1\njob 2\njob 3\n");
    if let Some(theirs) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
    if let Some(theirs) = twin::node(FOLDER, "twin.mjs", &[]) {
        assert_eq!(theirs, ours);
    }
}

#[test]
fn the_picture_of_the_page_is_drawn_from_the_run() {
    let _limit = testing::watchdog::limit();
    let picture = include_str!("../../../../docs/src/async/async-interval.svg");
    let drawn = printed("async-interval-picture");
    assert_eq!(
        picture, drawn,
        "cargo run -q -p async-interval --example async-interval-picture \
         > docs/src/async/async-interval.svg"
    );
}

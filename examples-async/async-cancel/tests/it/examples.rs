//! The programs in `examples` print what the page says, and so do their counterparts.

use testing::{child::example, twin};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_delivers_every_number_in_order() {
    let _limit = testing::watchdog::limit();
    let expected = "received 1\nreceived 2\nreceived 3\nwaits that were cancelled: 2\n";
    assert_eq!(printed("async-cancel-idea"), expected);
}

#[test]
fn the_counterparts_print_the_same() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-cancel-construct");
    assert_eq!(ours, "working\ncancelled\ncleaned up\n");
    if let Some(theirs) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
    if let Some(theirs) = twin::node(FOLDER, "twin.mjs", &[]) {
        assert_eq!(theirs, ours);
    }
}

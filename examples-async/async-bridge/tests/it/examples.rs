//! The programs in `examples` print what the page says, and so does their counterpart.

use testing::{child::example, twin};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_gets_every_page() {
    let _limit = testing::watchdog::limit();
    let expected = "Ok(\"page 1\")\nOk(\"page 2\")\nOk(\"page 3\")\n";
    assert_eq!(printed("async-bridge-idea"), expected);
}

#[test]
fn the_counterpart_prints_the_same() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-bridge-construct");
    assert_eq!(ours, "page 7\npage 7\n");
    if let Some(theirs) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
}

//! The programs in `examples` print what the page says.

use testing::{child::example, twin};

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_ends_with_its_last_command() {
    let _limit = testing::watchdog::limit();
    let said = printed("async-select-idea");
    assert_eq!(said, "open\nsave\nquit\ndone\n");
}

#[test]
fn the_python_twin_prints_the_same() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-select-construct");
    assert_eq!(ours, "first: fast\nthen: slow\n");
    if let Some(theirs) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
}

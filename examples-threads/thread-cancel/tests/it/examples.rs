//! The programs in `examples` print what the page says, and so does the twin.

use testing::{child::example, twin};

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_stops() {
    let said = printed("thread-cancel-idea");
    assert_eq!(said, "stopped after at least one step: true\n");
}

#[test]
fn the_python_twin_prints_the_same() {
    let ours = printed("thread-cancel-construct");
    assert_eq!(ours, "stopped\n");
    if let Some(theirs) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
}

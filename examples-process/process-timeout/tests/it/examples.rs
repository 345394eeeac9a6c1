//! The programs in `examples` print what the page says.

use testing::{child::example, twin};

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_kills_after_the_limit() {
    let printed = printed("process-timeout-idea");
    assert_eq!(printed, "it was killed after the limit\n");
}

#[test]
fn with_tokio_it_prints_the_same() {
    assert_eq!(printed("process-timeout-tokio"), "timed out\nstarted\n");
}

#[test]
fn the_python_twin_prints_the_same() {
    let ours = printed("process-timeout-construct");
    assert_eq!(ours, "timed out\nstarted\n");
    if let Some(theirs) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
}

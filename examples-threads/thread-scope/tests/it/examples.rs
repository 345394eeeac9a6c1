//! The programs in `examples` print what the page says.

use testing::{child::example, twin};

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_keeps_the_order() {
    let sums = printed("thread-scope-idea");
    assert_eq!(sums, "31375\n93875\n156375\n218875\n");
}

#[test]
fn a_thread_that_nobody_joins_ends_with_main() {
    assert_eq!(printed("thread-scope-detached"), "main returns\n");
}

#[test]
fn the_python_twin_prints_the_same() {
    let ours = printed("thread-scope-construct");
    assert_eq!(ours, "Ada: 3\nGrace: 5\nEdsger: 6\n");
    if let Some(theirs) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
}
